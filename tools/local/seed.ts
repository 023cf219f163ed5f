import { commands } from '../../admin/commands.ts'
import type { AdminContext } from '../../admin/command.ts'
import { findApiKey } from '../../store/tenants/api-keys.ts'
import { readJson, writeJson } from './folders.ts'

/** The data that the local stack creates once through the operator commands, and keeps. */
export interface Seeds {
  org_id: string
  brand_id: string
  item_id: string
  inactive_item_id: string
  one_off_item_id: string
  secret_key: string
  publishable_key: string
  other_org: { org_id: string; brand_id: string; item_id: string; secret_key: string }
}

const environment = 'sandbox'

async function organization(context: AdminContext, name: string, colour: string) {
  const run = async (command: string, options: Record<string, string>) =>
    commands[command]!.run(context, options) as Promise<Record<string, string>>
  const { id: org_id } = await run('create-organization', { name })
  const scope = { organization: org_id!, environment }
  const brand = await run('create-brand', {
    ...scope,
    name,
    colour,
    'support-contact': 'help@example.com',
  })
  const item = (name: string, type: string) => run('create-item', { ...scope, name, type, amount: '4900' })
  const key = (kind: string) =>
    run('create-key', { ...scope, kind, name: 'local stack', ...(kind === 'secret' ? { scopes: '*' } : {}) })
  return { run, scope, org_id: org_id!, brand_id: brand.id!, item, key }
}

/** Creates an organization with an item and a key. */
export async function seedOrganization(context: AdminContext, name: string): Promise<Seeds['other_org']> {
  const { org_id, brand_id, item, key } = await organization(context, name, '#17693a')
  const secret_key = (await key('secret')).key!
  return { org_id, brand_id, item_id: (await item('Studio hour', 'trigger')).id!, secret_key }
}

/**
 * Creates two organizations once per database, so that access across organizations can be tested. The file can be that
 * of another database, or its keys can be revoked: then they are created anew.
 */
export async function seed(context: AdminContext, file: string): Promise<Seeds> {
  const kept = readJson<Partial<Seeds>>(file)
  const key = kept?.secret_key
  if (typeof key === 'string' && (await findApiKey(context.database, key))) return kept as Seeds
  const first = await organization(context, 'Northwind Fitness', '#2f5bd7')
  const item = await first.item('Monthly visit', 'trigger')
  const inactive = await first.item('Retired visit', 'trigger')
  await first.run('set-item', { ...first.scope, item: inactive.id!, status: 'inactive' })
  const oneOff = await first.item('Starter kit', 'one_off')
  const seeds: Seeds = {
    org_id: first.org_id,
    brand_id: first.brand_id,
    item_id: item.id!,
    inactive_item_id: inactive.id!,
    one_off_item_id: oneOff.id!,
    secret_key: (await first.key('secret')).key!,
    publishable_key: (await first.key('publishable')).key!,
    other_org: await seedOrganization(context, 'Fabrikam Studio'),
  }
  writeJson(file, seeds)
  return seeds
}
