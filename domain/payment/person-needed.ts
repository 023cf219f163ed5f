/** What a person must change before a step can succeed. Histories hold these names. */
export type PersonNeededType = 'MappedCustomerNotFound' | 'MappedCustomerNotOurs'

/** A step that cannot succeed before a person changes something. Its message holds no personal data. */
export class PersonNeededError extends Error {
  override readonly name = 'PersonNeededError'
  readonly type: PersonNeededType

  constructor(type: PersonNeededType, message: string) {
    super(message)
    this.type = type
  }
}
