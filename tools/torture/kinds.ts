import type { Sql } from '../../store/database/database.ts'

/** The parameters of a statement. `token` is unique to it. */
export interface Asked {
  token: string
  id: number
  rows: number
  run: number
  /** The number of its transaction. 0 means none. */
  transaction: number
  /** The table whose column changes its type. */
  shape: string
}

interface Question {
  ask(sql: Sql, asked: Asked): PromiseLike<unknown>
  /** Returns the exact rows, or one list per statement of a text with several. Absent if the statement must fail. */
  answer?(asked: Asked): unknown[]
  /** The codes or names of errors that the statement causes itself. */
  fails?: string[]
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
const loop: Record<string, unknown> = {}
loop.self = loop
const padding = 'x'.repeat(4_000)
const values = ({ token, id }: Asked) => ({
  big: id * 2 ** 32,
  truth: id % 2 === 0,
  list: [token, 'a "quoted" one', ''],
  counts: [id, id + 1],
  json: { token, list: [id] },
  moment: new Date(1_600_000_000_000 + id),
  bytes: Buffer.from(token),
  nothing: null,
})
const one = ({ id, token }: Asked) => [{ number: id, text: token }]
const series = ({ token, rows }: Asked) => numbers(rows).map((n) => ({ n, text: token }))

const questions = {
  // Prepared, with parameters
  one: {
    ask: (sql, { id, token }) => sql`select ${id}::integer as number, ${token}::text as text`,
    answer: one,
  },
  values: {
    ask(sql, asked) {
      const { big, truth, list, counts, json, moment, bytes } = values(asked)
      return sql`
        select ${big}::bigint as big, ${truth}::boolean as truth, ${list}::text[] as list,
          ${counts}::integer[] as counts, ${sql.json(json)}::jsonb as json, ${moment}::timestamptz as moment,
          ${bytes}::bytea as bytes, ${null}::text as nothing`
    },
    answer: (asked) => [values(asked)],
  },
  series: {
    ask: (sql, { token, rows }) => sql`select n, ${token}::text as text from generate_series(1, ${rows}::integer) n`,
    answer: series,
  },
  large: {
    ask: (sql, { token, rows }) =>
      sql`select ${token}::text as text, n, repeat('x', 4000) as padding from generate_series(1, ${rows}::integer) n`,
    answer: ({ token, rows }) => numbers(rows).map((n) => ({ text: token, n, padding })),
  },
  slow: {
    ask: (sql, { token, rows }) => sql`
      select n, ${token}::text as text from generate_series(1, ${rows}::integer) n
      where n < ${rows}::integer or pg_sleep(0.08)::text is not null`,
    answer: series,
  },
  insert: {
    ask: (sql, { id, token, run, transaction }) => sql`
      insert into noted (run, transaction, id, text) values (${run}, ${transaction}, ${id}, ${token})
      returning id as number, text`,
    answer: one,
  },
  reshaped: {
    ask: (sql, { token, id, shape }) => sql`
      select ${token}::text as text, ${id % 2 === 0}::boolean as truth, ${sql.json({ token })}::jsonb as json, s.*
      from ${sql(shape)} s`,
    answer: ({ token, id }) => [{ text: token, truth: id % 2 === 0, json: { token }, value: '1' }],
    fails: ['0A000'],
  },
  // Prepared, without parameters
  literal: {
    ask: (sql, { token }) => sql.unsafe(`select '${token}' as text`, [], { prepare: true, simple: false } as object),
    answer: ({ token }) => [{ text: token }],
  },
  constant: { ask: (sql) => sql`select 7 as seven`, answer: () => [{ seven: 7 }] },
  // Not prepared
  unprepared: {
    ask: (sql, { id, token }) => sql.unsafe('select $1::integer as number, $2::text as text', [id, token]),
    answer: one,
  },
  simple: {
    ask: (sql, { token, rows }) => sql.unsafe(`select n, '${token}' as text from generate_series(1, ${rows}) n`),
    answer: series,
  },
  several: {
    ask: (sql, { token, rows }) =>
      sql.unsafe(`select '${token}' as text; select n, '${token}' as text from generate_series(1, ${rows}) n`),
    answer: (asked) => [[{ text: asked.token }], series(asked)],
  },
  // Failing: in parsing, in its parameters, after rows, in a second statement, in the driver, or by its own action
  'no table': { ask: (sql, { token }) => sql`select ${token}::text from nowhere`, fails: ['42P01'] },
  'no number': { ask: (sql, { token }) => sql`select ${token}::text::integer as number`, fails: ['22P02'] },
  'no parameter': { ask: (sql, { token }) => sql`select ${token}::integer[] as numbers`, fails: ['22P02'] },
  'fails after rows': {
    ask: (sql, { token, rows }) =>
      sql`select ${token}::text as text, 1 / (n - ${rows}::integer) as n from generate_series(0, ${rows}::integer) n`,
    fails: ['22012'],
  },
  'fails as second': {
    ask: (sql, { token }) => sql.unsafe(`select '${token}' as text; select 1 / 0`),
    fails: ['22012'],
  },
  'is undefined': {
    ask: (sql, { token }) => sql`select ${token}::text as text, ${undefined as never}::text as missing`,
    fails: ['UNDEFINED_VALUE'],
  },
  'is circular': { ask: (sql) => sql`select ${sql.json(loop as never)}::jsonb as json`, fails: ['TypeError'] },
  'is no date': { ask: (sql) => sql`select ${new Date(NaN)}::timestamptz as moment`, fails: ['RangeError'] },
  'cancels itself': {
    ask: (sql, { token }) => sql`select ${token}::text as text, pg_cancel_backend(pg_backend_pid()), pg_sleep(1)`,
    fails: ['57014'],
  },
  'kills itself': {
    ask: (sql, { token }) => sql`select ${token}::text as text, pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`,
    fails: ['57P01'],
  },
} satisfies Record<string, Question>

export type Kind = keyof typeof questions
export const questionOf = (kind: Kind): Question => questions[kind]

/** The kinds that a plan picks from, each as often as it is listed. */
export const kindsOf = {
  failing: Object.keys(questions).filter((kind) => !('answer' in questions[kind as Kind])) as Kind[],
  answered: [
    ...([
      'one',
      'one',
      'one',
      'one',
      'one',
      'values',
      'values',
      'reshaped',
      'literal',
      'constant',
      'unprepared',
    ] as const),
    ...(['series', 'series', 'series', 'simple', 'several', 'several', 'large', 'slow'] as const),
    ...(['insert', 'insert', 'insert', 'insert', 'insert'] as const),
  ] as Kind[],
}
