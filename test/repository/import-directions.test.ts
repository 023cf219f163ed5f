import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readImports } from '../../tools/graph/imports.ts'
import { writtenTree } from '../support/written-tree.ts'

const value = (from: string) => `import { x } from '${from}'`
const types = (from: string) => `import type { x } from '${from}'`

const wrong: [file: string, line: string][] = [
  ['domain/text/a.ts', value('../../store/tenants/settings.ts')],
  ['domain/text/a.ts', value('node:crypto')],
  ['domain/text/a.ts', value('zod')],
  ['domain/text/a.ts', value('../payment/money.ts')],
  ['domain/payment/a.ts', types('../onboarding/onboarding.ts')],
  ['domain/tenant/a.ts', types('../onboarding/run.ts')],
  ['domain/text/a.ts', value('../../metrics/registry.ts')],
  ['workflows/a.ts', value('../metrics/registry.ts')],
  ['metrics/a.ts', types('../store/tenants/settings.ts')],
  ['traces/a.ts', types('../runtime/log.ts')],
  ['traces/a.ts', types('@opentelemetry/api')],
  ['api/a.ts', value('@opentelemetry/api')],
  ['traces/a.ts', value('./otlp.ts')],
  ['gateways/a.ts', value('../store/tenants/settings.ts')],
  ['gateways/a.ts', value('../payments/customers/own-customer.ts')],
  ['gateways/stripe/a.ts', value('../../activities/index.ts')],
  ['gateways/stripe/a.ts', value('../paypal/orders.ts')],
  ['receivers/a.ts', value('../store/tenants/settings.ts')],
  ['receivers/a.ts', value('../gateways/gateway.ts')],
  ['receivers/a.ts', value('../runtime/config.ts')],
  ['receivers/a.ts', value('postgres')],
  ['store/database/a.ts', types('../../gateways/gateway.ts')],
  ['store/database/a.ts', value('@temporalio/common')],
  ['store/database/a.ts', value('stripe')],
  ['store/database/a.ts', value('axios')],
  ['store/database/a.ts', types('../events/events.ts')],
  ['store/events/a.ts', value('../tenants/brands.ts')],
  ['store/catalog/a.ts', value('../onboardings/facts.ts')],
  ['store/onboardings/a.ts', value('../charges/refunds.ts')],
  ['store/methods/a.ts', value('../payments/objects.ts')],
  ['store/payments/a.ts', types('../charges/charges.ts')],
  ['store/charges/a.ts', value('../lifecycle/read-for-run.ts')],
  ['store/lifecycle/a.ts', value('../../payments/pay.ts')],
  ['store/lifecycle/a.ts', value('../../tools/chaos/plan.ts')],
  ['payments/a.ts', value('../gateways/gateway.ts')],
  ['payments/a.ts', types('../gateways/stripe/stripe-gateway.ts')],
  ['payments/a.ts', value('@temporalio/common')],
  ['payments/a.ts', value('hono')],
  ['payments/a.ts', value('../activities/guard/failures.ts')],
  ['payments/methods/a.ts', types('../../workflows/messages.ts')],
  ['payments/customers/a.ts', value('../pay.ts')],
  ['payments/customers/a.ts', value('../../api/setup/card-form.ts')],
  ['payments/customers/a.ts', value('../../gateways/gateway.ts')],
  ['payments/customers/a.ts', types('../../gateways/stripe/stripe-gateway.ts')],
  ['activities/a.ts', value('../gateways/gateway.ts')],
  ['activities/a.ts', value('../gateways/stripe/stripe-gateway.ts')],
  ['activities/guard/a.ts', types('../../gateways/stripe/stripe-gateway.ts')],
  ['activities/a.ts', value('../receivers/post.ts')],
  ['activities/a.ts', types('../receivers/post.ts')],
  ['activities/a.ts', value('../workflows/onboarding.ts')],
  ['activities/a.ts', value('../api/runs.ts')],
  ['activities/a.ts', value('stripe')],
  ['activities/a.ts', value('@paypal/paypal-server-sdk')],
  ['workflows/a.ts', value('../activities/index.ts')],
  ['workflows/a.ts', value('../store/tenants/settings.ts')],
  ['workflows/a.ts', value('../payments/customers/own-customer.ts')],
  ['workflows/a.ts', value('node:fs')],
  ['workflows/a.ts', value('fs')],
  ['workflows/a.ts', value('zod')],
  ['api/a.ts', value('../workflows/onboarding.ts')],
  ['api/a.ts', value('../gateways/gateway.ts')],
  ['api/a.ts', value('../gateways/stripe/stripe-gateway.ts')],
  ['api/a.ts', types('../gateways/stripe/stripe-gateway.ts')],
  ['api/a.ts', value('../runtime/config.ts')],
  ['api/a.ts', types('../runtime/config.ts')],
  ['api/a.ts', value('../receivers/post.ts')],
  ['api/call/a.ts', value('../setup/card-form.ts')],
  ['api/call/a.ts', value('@temporalio/client')],
  ['api/setup/a.ts', value('../../payments/pay.ts')],
  ['api/setup/a.ts', value('../doors/native/door.ts')],
  ['api/schemas/a.ts', value('../doors/native/door.ts')],
  ['api/schemas/a.ts', types('../setup/submit-saved-method.ts')],
  ['api/reference/a.ts', value('../doors/moment/error.ts')],
  ['api/doors/native/a.ts', value('../../../activities/index.ts')],
  ['api/doors/moment/a.ts', value('../native/door.ts')],
  ['api/doors/native/account/a.ts', types('../../edge/fields.ts')],
  ['api/hosted-page/a.ts', value('../doors/native/door.ts')],
  ['api/hosted-page/view/a.tsx', value('../../../store/tenants/settings.ts')],
  ['api/hosted-page/view/a.tsx', value('../../app.ts')],
  ['api/hosted-page/view/a.tsx', value('../browser/main.ts')],
  ['api/hosted-page/browser/a.ts', types('../page-model.ts')],
  ['api/main.ts', value('../tools/local/stack.ts')],
  ['worker/a.ts', value('../api/app.ts')],
  ['worker/a.ts', value('../tools/local/stack.ts')],
  ['worker/main.ts', types('../tools/chaos/servers.ts')],
  ['admin/a.ts', value('../tools/local/seed.ts')],
  ['admin/a.ts', value('../payments/pay.ts')],
  ['admin/a.ts', value('../receivers/post.ts')],
  ['runtime/a.ts', value('../workflows/messages.ts')],
  ['api/setup/a.ts', value('../../workflows/messages.ts')],
  ['runtime/a.ts', value('../store/tenants/settings.ts')],
  ['tools/bench/a.ts', value('../../test/support/until.ts')],
  ['tools/simulators/stripe/a.ts', value('../../../domain/payment/money.ts')],
  ['tools/simulators/stripe/api/a.ts', value('../../paypal/behavior/orders.ts')],
  ['docs/examples/a.ts', value('../../domain/payment/money.ts')],
  ['store/catalog/a.ts', "export { x } from '../lifecycle/read-for-run.ts'; const x = 1"],
  ['store/catalog/a.ts', "const { x } = await import('../lifecycle/read-for-run.ts')"],
  ['store/catalog/a.ts', "export type X = import('../lifecycle/read-for-run.ts').X; const x = 1"],
]
const right: [file: string, line: string][] = [
  ['domain/text/a.ts', value('./own.ts')],
  ['domain/onboarding/a.ts', value('../payment/money.ts')],
  ['domain/payment/a.ts', types('../lifecycle.ts')],
  ['gateways/stripe/a.ts', value('../../domain/payment/money.ts')],
  ['gateways/stripe/a.ts', types('../gateway.ts')],
  ['receivers/a.ts', value('../domain/lifecycle.ts')],
  ['receivers/a.ts', value('undici')],
  ['store/customers/a.ts', value('../../domain/text/ids.ts')],
  ['store/lifecycle/a.ts', value('../../metrics/billing.ts')],
  ['store/lifecycle/a.ts', value('../payments/objects.ts')],
  ['traces/a.ts', "const { x } = await import('./otlp.ts')"],
  ['payments/a.ts', types('../gateways/gateway.ts')],
  ['payments/a.ts', value('../store/charges/refunds.ts')],
  ['payments/customers/a.ts', value('../../store/customers/gateway-customers.ts')],
  ['activities/a.ts', value('../payments/pay.ts')],
  ['activities/a.ts', types('../gateways/gateway.ts')],
  ['activities/a.ts', value('@temporalio/activity')],
  ['workflows/a.ts', types('../activities/index.ts')],
  ['workflows/a.ts', value('../domain/onboarding/run.ts')],
  ['api/setup/a.ts', value('../../payments/customers/own-customer.ts')],
  ['api/setup/a.ts', types('../../gateways/gateway.ts')],
  ['api/runs.ts', value('../workflows/messages.ts')],
  ['api/doors/moment/a.ts', value('../../schemas/json.ts')],
  ['api/doors/edge/a.ts', value('../door.ts')],
  ['api/main.ts', value('../runtime/config.ts')],
  ['worker/main.ts', value('../gateways/from-config.ts')],
  ['worker/main.ts', value('../receivers/post.ts')],
  ['api/main.ts', value('../receivers/addresses.ts')],
  ['tools/bench/a.ts', value('../../payments/pay.ts')],
  ['test/payments/a.ts', value('../support/until.ts')],
]

/** Each line in a file of its own, except where a rule names the file. */
const files = [...wrong, ...right].map(([file, line], i) => [file.replace(/\ba\.(tsx?)$/, `a${i}.$1`), line] as const)

/** Importers and imported files, as if they were in the repository. */
function written(): Record<string, string> {
  const tree: Record<string, string> = {}
  for (const [file, line] of files) {
    const [, source] = /'(.+)'/.exec(line)!
    if (source!.startsWith('.')) tree[join(dirname(file), source!)] ??= ''
    tree[file] = `${tree[file] ?? ''}${line}\n`
  }
  return tree
}

const tree = writtenTree(written())
const { violations } = readImports(tree.folder)
tree.remove()

function isAllowed(i: number): boolean {
  const [file, line] = files[i]!
  const [, source] = /'(.+)'/.exec(line)!
  const to = source!.startsWith('.') ? join(dirname(file), source!) : source!.replace('node:', '')
  return !violations.some((each) => each.from === file && each.to === to)
}

test.each(wrong.map((each, i) => [...each, i] as const))('%s must not contain %s', (_file, _line, i) => {
  expect(isAllowed(i)).toBe(false)
})

test.each(right.map((each, i) => [...each, wrong.length + i] as const))('%s may contain %s', (_file, _line, i) => {
  expect(isAllowed(i)).toBe(true)
})
