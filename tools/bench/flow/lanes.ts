/** A flow under measurement. */
export interface Flow<Created> {
  /** Resolves with the first response, which a caller of the API waits for. */
  create(n: number): Promise<Created>
  /** Submits a payment method. Resolves when the onboarding is finished. */
  finish(created: Created): Promise<void>
}

/**
 * Runs `total` onboardings through `lanes` concurrent lanes. Each lane submits one onboarding later, when the run
 * waits, as in production. Returns the duration of each first response in milliseconds.
 */
export async function drive<Created>(flow: Flow<Created>, total: number, lanes: number): Promise<number[]> {
  const answers: number[] = []
  let next = 0
  const lane = async () => {
    let before: Created | undefined
    while (next < total) {
      const began = performance.now()
      const created = await flow.create(next++)
      answers.push(performance.now() - began)
      if (before !== undefined) await flow.finish(before)
      before = created
    }
    if (before !== undefined) await flow.finish(before)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return answers
}
