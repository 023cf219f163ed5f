/** A flow as the bench drives it. */
export interface Flow<Created> {
  /** The first answer: what a caller of the API waits for. */
  create(n: number): Promise<Created>
  /** The customer hands in a payment method; resolves when the onboarding is finished. */
  finish(created: Created): Promise<void>
}

/**
 * Takes `total` onboardings through `lanes` lanes side by side. A customer submits one onboarding later: by then the run
 * waits, as in real life. Answers how long each first answer took, in milliseconds.
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
