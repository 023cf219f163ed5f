/** The result of a test payment method. `disputed`: the payment succeeds, and the charge is disputed immediately. */
export const testOutcomes = ['pays', 'declined', 'requires_action', 'processing', 'disputed'] as const
export type TestOutcome = (typeof testOutcomes)[number]

/** Thrown for a test that the gateway has no call for. `message` names an alternative. */
export class TestHelperUnsupported extends Error {
  override readonly name = 'TestHelperUnsupported'
}
