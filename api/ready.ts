import type { Connection } from '@temporalio/client'
import type { Database } from '../store/database.ts'
import type { ServiceChecks } from './app.ts'

const patience = 1_500

const answers = (work: Promise<unknown>, within: number): Promise<boolean> =>
  Promise.race([
    work.then(
      () => true,
      () => false,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), within)),
  ])

/**
 * Asks a pool of one connection, which nobody else waits for, whether PostgreSQL answers within half a second. Many who ask
 * at once share one question.
 */
export function pulseOf(database: Database): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined
  return () =>
    (asking ??= answers(database`select 1`, 500).finally(() => {
      asking = undefined
    }))
}

/** Asks PostgreSQL (`pulseOf`) and Temporal whether they answer, the latter for at most 1.5 seconds. */
export function checkServices({
  databaseAnswers,
  connection,
  namespace,
}: {
  databaseAnswers: () => Promise<boolean>
  connection: Connection
  namespace: string
}): ServiceChecks {
  return {
    database: databaseAnswers,
    temporal: () =>
      answers(
        connection.withDeadline(Date.now() + patience, () =>
          connection.workflowService.describeNamespace({ namespace }),
        ),
        patience,
      ),
  }
}
