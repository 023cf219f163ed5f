import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { gatewayNames } from '../../domain/lifecycle.ts'
import { root } from '../../tools/graph/imports.ts'

// Vendors are named in their rooms only (docs/decisions/0029-vendor-names.md). Comments may name them anywhere.

const folders = [
  'activities',
  'admin',
  'api',
  'domain',
  'gateways',
  'payments',
  'runtime',
  'store',
  'worker',
  'workflows',
]
const filesOf = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
    (file) => `${folder}/${file.replaceAll('\\', '/')}`,
  )
const vendor = `(${gatewayNames.join('|')})`
const vendorsRoom = new RegExp(
  `^(gateways/${vendor}/|(domain/gateways|runtime/gateways|api/hosted-page/browser/gateways)/${vendor}[.-])`,
)

const translations = readdirSync(join(root, 'api/hosted-page/words')).filter((file) =>
  /^[a-z]{2}(-[A-Z]{2})?\.ts$/.test(file),
)

/** Files elsewhere that name a vendor in code, and why. */
const exceptions: Record<string, string> = {
  ...Object.fromEntries(
    // English has its sentences from the vendors' facts.
    translations
      .filter((file) => file !== 'en.ts')
      .map((file) => [`api/hosted-page/words/${file}`, 'a sentence for each decline, also those of one gateway']),
  ),
  'domain/lifecycle.ts': 'the list of names',
  'domain/gateways/list.ts': 'the list of facts',
  'gateways/from-config.ts': 'the list of adapters',
  'runtime/gateways/list.ts': 'the list of environment variables',
  'api/hosted-page/browser/gateways/list.ts': 'the list of forms',
  'api/doors/edge/fields.ts': 'the documents of this door fix the fields of each gateway, and their messages',
  'api/doors/edge/setup-payment-method.ts': 'the documents of this door fix the name of a field',
}

/** Returns the identifiers and texts of a file that name a vendor. Comments are not part of the syntax tree. */
function namesIn(file: string, text: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const own = ts.isIdentifier(node) || ts.isLiteralExpression(node) || ts.isTemplateLiteralToken(node)
    const isText = own || ts.isJsxText(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
    if (isText && new RegExp(vendor, 'i').test(node.text)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return found
}

test('no file outside the vendors’ rooms names a vendor in code', () => {
  const files = folders.flatMap(filesOf).filter((file) => /\.tsx?$/.test(file) && !vendorsRoom.test(file))
  expect(files).toContain('api/hosted-page/browser/main.ts')
  const naming = files.filter((file) => namesIn(file, readFileSync(join(root, file), 'utf8')).length > 0)
  expect(naming.sort()).toEqual(Object.keys(exceptions).sort())
})

test('a name is found in every kind of text, and not in a comment', () => {
  const found = (line: string) => namesIn('a.tsx', line).length > 0
  const vendors = [
    "x = 'stripe'",
    'const withPayPal = 1',
    'x = `${y} Stripe`',
    'x = /stripe_/',
    '<p>PayPal</p>',
    '`a stripe`',
  ]
  expect(vendors.filter((line) => !found(line))).toEqual([])
  expect(found('/** Stripe */ const x = 1 // paypal')).toBe(false)
})
