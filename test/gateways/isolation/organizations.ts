import { gatewayNames, type GatewayName } from '../../../domain/lifecycle.ts'
import { installationAccount, type GatewayAccount } from '../../../domain/reference.ts'
import type { AccountChoice, AccountKeys, AccountStatus, Payer } from '../../../domain/tenant/gateway-accounts.ts'
import { gatewaysFrom } from '../../../gateways/from-config.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import type { StoredAccount } from '../../../gateways/stored-accounts.ts'
import { controlsOf } from '../../support/world/simulator.ts'

/** What an organization's objects were created with, and what has become of that account since. */
export interface AccountState {
  setting: AccountChoice
  /** The status of its own accounts; undefined if it has none. */
  own: AccountStatus | undefined
  /** Whether they have no keys, and are connected to the installation's account as a platform. */
  isConnected?: true
}

/** A new kind of account is one more line here, with its credentials in `keysOf` or `connected`. */
export const accountStates = {
  shared: { setting: 'shared', own: undefined },
  own: { setting: 'own', own: 'active' },
  draining: { setting: 'own_or_shared', own: 'draining' },
  disabled: { setting: 'own_or_shared', own: 'disabled' },
  connect: { setting: 'own', own: 'active', isConnected: true },
  'connect, pending': { setting: 'own_or_shared', own: 'pending', isConnected: true },
  'connect, draining': { setting: 'own_or_shared', own: 'draining', isConnected: true },
  'connect, disabled': { setting: 'own_or_shared', own: 'disabled', isConnected: true },
} satisfies Record<string, AccountState>

export const organizations = ['northwind', 'fabrikam'] as const
export type Organization = (typeof organizations)[number]

export interface Simulators {
  stripe: { url: string }
  paypal: { url: string; rootCertificate: string }
}

type Kind = Pick<AccountState, 'isConnected'>

const ownAccount = (organization: Organization, gateway: GatewayName, { isConnected }: Kind): GatewayAccount => ({
  accountId: `ga_${organization}_${gateway}${isConnected ? '_connected' : ''}`,
  environment: 'sandbox',
  gateway,
})

/** The gateways at which an organization can have accounts in this state. */
export const gatewaysIn = ({ isConnected }: AccountState): GatewayName[] =>
  isConnected ? ['stripe'] : [...gatewayNames]

/** The organization's name in a key makes the simulators keep its account apart. */
function keysOf({ accountId, gateway }: GatewayAccount): AccountKeys {
  const name = accountId.split('_')[1]!
  const [publishableKey, secretKey] = gateway === 'stripe' ? [`pk_test_${name}`, `sk_test_${name}`] : [name, 'secret']
  return { publishableKey, secretKey, webhookSecrets: ['whsec_test_only'], webhookEndpointId: 'WHTESTONLY' }
}

/** The accounts of two organizations, each of which has a status that a test sets, and the gateways over them. */
export function openAccounts({ stripe, paypal }: Simulators) {
  const statuses = new Map<string, AccountStatus>()
  const connected = new Map<string, string>()
  const kinds = [{}, { isConnected: true }] satisfies Kind[]
  const own = organizations.flatMap((name) =>
    kinds.flatMap((kind) => gatewayNames.map((gateway) => ownAccount(name, gateway, kind))),
  )
  const find = (accountId: string): Promise<StoredAccount | undefined> => {
    const account = own.find((each) => each.accountId === accountId)
    const status = statuses.get(accountId)
    if (!account || !status) return Promise.resolve(undefined)
    return Promise.resolve({
      account,
      status,
      ownership: 'exclusive',
      revision: status,
      connectedId: connected.get(accountId),
      openKeys: () => keysOf(account),
    })
  }
  const open = (): Gateways => openGateways({ stripe, paypal }, find)
  return {
    /** Gateways that were opened before a change of the status might remember the former one for 0.25 seconds. */
    open,
    setStatus: (organization: Organization, gateway: GatewayName, kind: Kind, status: AccountStatus) =>
      void statuses.set(ownAccount(organization, gateway, kind).accountId, status),
    /** Connects an account of each organization to the installation's account as a platform. */
    async connect(): Promise<void> {
      const { platform } = await open().of(installationAccount('sandbox', 'stripe').accountId)
      for (const name of organizations) {
        const { accountId } = ownAccount(name, 'stripe', { isConnected: true })
        const account = await platform!.create({ metadata: { organization_id: name } }, accountId)
        await controlsOf(stripe.url).simulate('restrict', { account, charges_enabled: true })
        connected.set(accountId, account)
      }
    },
  }
}

function openGateways({ stripe, paypal }: Simulators, find: (id: string) => Promise<StoredAccount | undefined>) {
  const card = { apiUrl: stripe.url, jsUrl: `${stripe.url}/stripe.js`, returnUrl: 'https://pages.example/returned' }
  const wallet = { apiUrl: paypal.url, jsUrl: `${paypal.url}/sdk`, webhookRoot: paypal.rootCertificate }
  const keys = {
    secretKey: 'sk_test_world',
    publishableKey: 'pk_test_world',
    webhookSecrets: ['whsec_test_only'],
    connectWebhookSecrets: ['whsec_test_connect'],
  }
  const client = { clientId: 'client-of-the-world', clientSecret: 'only-for-tests', webhookId: 'WHTESTONLY' }
  const installation = { stripe: { sandbox: { ...card, ...keys } }, paypal: { sandbox: { ...wallet, ...client } } }
  const places = { stripe: { live: card, sandbox: card }, paypal: { live: wallet, sandbox: wallet } }
  return gatewaysFrom(installation, 10_000, { find, places })
}

/** Returns an organization that begins payments as a state says. */
export function payerIn(state: AccountState, organization: Organization): Payer {
  const { setting, own } = state
  const ids = gatewaysIn(state).map((gateway) => [gateway, ownAccount(organization, gateway, state).accountId])
  const ownAccounts = own === 'active' ? (Object.fromEntries(ids) as Payer['settings']['ownAccounts']) : {}
  const organizationId = `org_${organization}`
  return { organizationId, environment: 'sandbox', settings: { gatewayAccounts: setting, ownAccounts } }
}

/** Returns the id of the account that the organization's objects were created with. */
export const accountOfObjects = (state: AccountState, organization: Organization, gateway: GatewayName): string =>
  (state.own ? ownAccount(organization, gateway, state) : installationAccount('sandbox', gateway)).accountId

/** Returns the name by which a simulator's account is found from our id. */
export const vendorNameOf = (accountId: string): string =>
  organizations.find((name) => accountId.includes(name)) ?? 'default'
