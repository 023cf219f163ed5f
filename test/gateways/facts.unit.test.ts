import { expect, test } from 'vitest'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { gatewayNames } from '../../domain/lifecycle.ts'
import { installationAccount } from '../../domain/reference.ts'
import { builtInSettings, policyOf } from '../../domain/tenant/settings.ts'
import { gatewaysFrom } from '../../gateways/from-config.ts'

const publicUrl = 'https://pages.example'
const gateways = gatewaysFrom(
  {
    stripe: {
      sandbox: {
        secretKey: 'sk_test_facts',
        publishableKey: 'pk_test_facts',
        webhookSecrets: ['whsec_facts'],
        jsUrl: 'https://js.stripe.com/endive/stripe.js',
        returnUrl: `${publicUrl}/returned`,
      },
    },
    paypal: {
      sandbox: {
        clientId: 'client',
        clientSecret: 'secret',
        webhookId: 'WHFACTS',
        jsUrl: 'https://www.sandbox.paypal.com/web-sdk/v6/core',
      },
    },
  },
  20_000,
)

test.each(gatewayNames)('the facts of %s agree with what its adapter can do', async (name) => {
  const facts = gatewayFacts[name]
  const gateway = await gateways.of(installationAccount('sandbox', name).accountId)
  expect(gateway.name).toBe(name)
  expect(gateway.openSession !== undefined && gateway.readSession !== undefined).toBe(facts.isApprovedThere)
  expect(gateway.formSecret === undefined).toBe(facts.isApprovedThere)
  expect(gateway.usesOurCustomerIds ?? false).toBe(!('customer' in facts.savedMethod))
  if (policyOf(name, builtInSettings).paysInOneStep) expect(gateway.payInOneStep).toBeDefined()
})
