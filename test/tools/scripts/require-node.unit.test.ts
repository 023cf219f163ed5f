import { expect, test } from 'vitest'
// @ts-expect-error plain JavaScript, so that old versions of Node can parse it
import { requireNode } from '../../../tools/scripts/require-node.js'

const said = (version: string) => {
  let message = ''
  ;(requireNode as (version: string, end: (message: string) => void) => void)(version, (text) => (message = text))
  return message
}

test('a Node version that is too old is rejected with the required version', () => {
  for (const version of ['18.20.8', '20.18.3', '16.0.0', '4.9.1'])
    expect(said(version)).toBe(`Node ${version} is too old: Node 20.19 or newer is required.`)
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.21.0', '100.0.0']) expect(said(version)).toBe('')
})
