/** What a test payment method does. `disputed`: it pays, and the charge is disputed at once. */
export const testOutcomes = ['pays', 'declined', 'requires_action', 'processing', 'disputed'] as const
export type TestOutcome = (typeof testOutcomes)[number]

/** A gateway throws it for what no call can do there. `message` says what to do instead. */
export class TestHelperUnsupported extends Error {
  override readonly name = 'TestHelperUnsupported'
}
