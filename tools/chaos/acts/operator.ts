import { setTimeout as sleep } from 'node:timers/promises'
import { commands } from '../../../admin/commands.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { isDatabaseUnavailable, openDatabase } from '../../../store/database/database.ts'

/** An operator who uses `npm run admin`, and retries a command until the database is available. */
export function openOperator(databaseUrl: string, isOver: () => boolean) {
  const database = openDatabase(databaseUrl, { name: 'chaos operator', max: 3 })
  return {
    async expire(billingCustomerId: string): Promise<void> {
      for (;;) {
        try {
          const order = { 'billing-customer': billingCustomerId, seconds: '1' }
          await commands.extend!.run({ database, settingDefaults: builtInSettings }, order)
          return
        } catch (error) {
          // The onboarding has ended already.
          if (!isDatabaseUnavailable(error)) return
          if (isOver()) throw error
          await sleep(500)
        }
      }
    },
    close: () => database.end({ timeout: 5 }),
  }
}
