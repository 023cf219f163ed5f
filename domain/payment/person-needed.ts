/** What a person must fix before a step can succeed. Workflow histories contain these names. */
export type PersonNeededType = 'MappedCustomerNotFound' | 'MappedCustomerNotOurs'

/** The types of step failures that no retry fixes. Workflow histories contain these names. */
export type FailureForPerson = 'GatewayRefused' | 'OutcomeUnknown' | 'StepFailed' | PersonNeededType

/** A step that cannot succeed until a person fixes something. Its message contains no personal data. */
export class PersonNeededError extends Error {
  override readonly name = 'PersonNeededError'
  readonly type: PersonNeededType

  constructor(type: PersonNeededType, message: string) {
    super(message)
    this.type = type
  }
}
