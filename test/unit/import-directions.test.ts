import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const cwd = fileURLToPath(new URL('../../', import.meta.url))
// Rules that need types are left out: the files below do not exist.
const eslint = new ESLint({
  cwd,
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
})

async function isAllowed(file: string, line: string): Promise<boolean> {
  const [result] = await eslint.lintText(`${line}\nexport const used = x`, { filePath: `${cwd}${file}` })
  return !result!.messages.some(({ ruleId }) => ruleId === '@typescript-eslint/no-restricted-imports')
}

const value = (from: string) => `import { x } from '${from}'`
const types = (from: string) => `import type { x } from '${from}'`

const wrong: [file: string, line: string][] = [
  ['domain/a.ts', value('../store/settings.ts')],
  ['domain/a.ts', value('node:crypto')],
  ['domain/a.ts', value('zod')],
  ['gateways/a.ts', value('../store/settings.ts')],
  ['gateways/stripe/a.ts', value('../../activities/index.ts')],
  ['store/a.ts', types('../gateways/gateway.ts')],
  ['store/a.ts', value('@temporalio/common')],
  ['store/a.ts', value('stripe')],
  ['store/a.ts', value('../chaos/plan.ts')],
  ['store/a.ts', value('../torture/plan.ts')],
  ['store/a.ts', value('../gateway-customers/own-customer.ts')],
  ['gateways/a.ts', value('../gateway-customers/own-customer.ts')],
  ['workflows/a.ts', value('../gateway-customers/own-customer.ts')],
  ['page/a.tsx', value('../gateway-customers/own-customer.ts')],
  ['gateway-customers/a.ts', value('../api/services/card-form.ts')],
  ['gateway-customers/a.ts', value('../activities/index.ts')],
  ['gateway-customers/a.ts', value('../gateways/gateway.ts')],
  ['gateway-customers/a.ts', types('../gateways/stripe/stripe-gateway.ts')],
  ['gateway-customers/a.ts', value('@temporalio/common')],
  ['activities/a.ts', value('../gateways/gateway.ts')],
  ['activities/payment/a.ts', value('../../gateways/stripe/stripe-gateway.ts')],
  ['activities/payment/a.ts', types('../../gateways/stripe/stripe-gateway.ts')],
  ['activities/a.ts', value('../workflows/onboarding.ts')],
  ['activities/a.ts', value('stripe')],
  ['activities/a.ts', value('@paypal/paypal-server-sdk')],
  ['store/a.ts', value('axios')],
  ['workflows/a.ts', value('../activities/index.ts')],
  ['workflows/a.ts', value('../store/settings.ts')],
  ['workflows/a.ts', value('node:fs')],
  ['workflows/a.ts', value('zod')],
  ['page/a.tsx', value('../store/settings.ts')],
  ['page/a.tsx', value('../api/app.ts')],
  ['api/a.ts', value('../workflows/onboarding.ts')],
  ['api/routes/a.ts', value('../../activities/index.ts')],
  ['api/a.ts', value('../gateways/gateway.ts')],
  ['api/a.ts', value('../gateways/stripe/stripe-gateway.ts')],
  ['api/a.ts', types('../gateways/stripe/stripe-gateway.ts')],
  ['api/a.ts', value('../config.ts')],
  ['api/a.ts', types('../config/accounts.ts')],
  ['worker/a.ts', value('../api/app.ts')],
  ['worker/a.ts', value('../local/stack.ts')],
  ['worker/a.ts', value('../chaos/servers.ts')],
  ['simulators/stripe/a.ts', value('../../domain/money.ts')],
]
const right: [file: string, line: string][] = [
  ['domain/a.ts', value('./money.ts')],
  ['gateways/a.ts', value('../domain/money.ts')],
  ['store/a.ts', value('../domain/money.ts')],
  ['gateway-customers/a.ts', types('../gateways/gateway.ts')],
  ['gateway-customers/a.ts', value('../store/gateway-customers.ts')],
  ['store/a.ts', value('./gateway-customers.ts')],
  ['activities/a.ts', value('../gateway-customers/own-customer.ts')],
  ['api/services/a.ts', value('../../gateway-customers/own-customer.ts')],
  ['activities/a.ts', types('../gateways/gateway.ts')],
  ['api/services/a.ts', types('../../gateways/gateway.ts')],
  ['activities/a.ts', value('../store/settings.ts')],
  ['workflows/a.ts', types('../activities/index.ts')],
  ['workflows/a.ts', value('../domain/run.ts')],
  ['api/a.ts', value('../workflows/messages.ts')],
  ['api/a.ts', value('../store/settings.ts')],
  ['api/main.ts', value('../config.ts')],
  ['worker/main.ts', value('../gateways/from-config.ts')],
]

test.each(wrong)('%s may not say %s', async (file, line) => {
  expect(await isAllowed(file, line)).toBe(false)
})

test.each(right)('%s may say %s', async (file, line) => {
  expect(await isAllowed(file, line)).toBe(true)
})
