/** Rows per statement, so that each stays far below its time limit. */
export const batchSize = 5_000

/**
 * Repeats a statement that changes at most `batchSize` rows until it changes fewer. Choose the rows of a batch with
 * `key = any(array(select … limit batchSize))`. `key in (select …)` is a join: for an owner that PostgreSQL's
 * statistics do not know yet, it reads the batch again for each row.
 */
export async function inBatches(statement: () => PromiseLike<{ count: number }>): Promise<void> {
  while ((await statement()).count === batchSize);
}
