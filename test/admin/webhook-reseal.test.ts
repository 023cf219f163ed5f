import { expect, test } from 'vitest'
import { commands } from '../../admin/commands.ts'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { openHeaders, sealHeaders } from '../../store/webhooks/headers.ts'
import { readSealedCredentials } from '../../store/webhooks/secrets.ts'
import { webhookWorld } from '../support/webhooks/deliveries.ts'

const own = webhookWorld()

const [former, current, lost] = ['former', 'current', 'lost'].map(
  (name) => `the-${name}-key-of-this-test-run-and-of-no-other`,
) as [string, string, string]
const sealing = (...keys: string[]) => createSealing(keys, 'webhook')
const reseal = (...webhookKeys: string[]) =>
  commands['webhook-reseal']!.run({ database: own.world.sql, settingDefaults: builtInSettings, webhookKeys }, {})

const headers = { authorization: 'Bearer of-a-gateway' }
/** An endpoint whose secret and headers a key encrypted. Returns its id. */
async function endpoint(key: string): Promise<string> {
  const { id } = await own.hooks.endpoint('https://crm.example/hooks', {
    headers: (id) => sealHeaders(sealing(key), id, headers),
  })
  await own.world.sql`
    update webhook_secrets set sealed = ${sealing(key).seal(id, Buffer.alloc(32, 7))} where endpoint_id = ${id}`
  return id
}

test('everything is encrypted with the first key; what no key decrypts stays and is listed', async () => {
  const ids = [await endpoint(former), await endpoint(current)]
  const unreadable = await endpoint(lost)
  const before = await readSealedCredentials(own.world.sql, unreadable)
  expect(await reseal(current, former)).toEqual({ resealed: 2, unreadable: [unreadable] })
  for (const id of ids) {
    const sealed = await readSealedCredentials(own.world.sql, id)
    expect(sealed.secrets.map((each) => sealing(current).open(id, each))).toEqual([Buffer.alloc(32, 7)])
    expect(openHeaders(sealing(current), id, sealed.headers)).toEqual(headers)
  }
  expect(await readSealedCredentials(own.world.sql, unreadable)).toEqual(before)
  expect(await reseal(current)).toEqual({ resealed: 0, unreadable: [unreadable] })
  expect(await reseal(current, lost)).toEqual({ resealed: 2, unreadable: [] })
})

test('without keys it says what is missing', async () => {
  await expect(reseal()).rejects.toMatchObject({ param: 'WEBHOOK_SECRET_KEYS' })
})
