import { expect, test } from 'vitest'
import { readConfig } from '../../runtime/config.ts'
import { variables } from '../../runtime/variables.ts'
import { example, ofLocalStack, readByContainers } from '../repository/deploy/placement.ts'

/** Variables of the local stack and of docker-compose.yml only. */
const readElsewhere = [...Object.keys(readByContainers), ...ofLocalStack]
/** Set by the environment of Node, not in our files. */
const unlisted = ['NODE_ENV']

test('.env.example lists exactly the variables that are read', () => {
  const expected = [...Object.keys(variables.shape), ...readElsewhere].filter((name) => !unlisted.includes(name))
  expect(example.map(({ name }) => name).sort()).toEqual(expected.sort())
})

test('the values of .env.example are valid', () => {
  const values = Object.fromEntries(example.map(({ name, value }) => [name, value]))
  expect(() => readConfig(values, [])).not.toThrow()
})
