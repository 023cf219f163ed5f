import { readArguments, refuseArguments } from '../../runtime/arguments.ts'

const usage = `npm run bench -- [name] [numbers] [--save]

  [rounds]                                the flow beside a naive one: 3 rounds unless given
  api [rounds] [at once] [contacts]       single calls beside a bare handler: 100, 16, 2000
  fairness [minutes] [loops]              one organization's largest reads beside another's calls: 2, 8
  documents [minutes] [connections]       requests without a key for documents beside calls: 2, 16

  --save  write the results to tools/bench/results/, which the repository holds; else to tools/bench/results/unsaved/`

const { values, positionals } = readArguments(usage, {
  options: { save: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [first = 'flow', ...rest] = positionals
const hasName = !/^\d/.test(first)

/** Which measurement. */
export const name = hasName ? first : 'flow'
export const save = values.save
export const refuse = (message: string): never => refuseArguments(usage, message)

/** The numbers after the name. */
export const numbers = (hasName ? rest : positionals).map((text) =>
  /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 ? Number(text) : refuse(`${text} must be a number above 0.`),
)
