import { invalid } from '../../domain/failure/failures.ts'
import { defaultGateway } from '../../domain/lifecycle.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import { command, type AdminCommand, type AdminContext } from '../command.ts'
import { option, tenant, text } from '../options.ts'
import { requireOrganization } from '../setup.ts'
import { listAllCustomers } from './list-customers.ts'
import { matchCustomers, type Candidate } from './match-customers.ts'
import { readCandidates } from './read-candidates.ts'
import { prepareFolder, writeReport } from './write-report.ts'

/** Customers that exist at a gateway before they exist here. */
export const importCommands: Record<string, AdminCommand> = {
  'import-gateway-customers': command(
    'Match the customers of a gateway account to contacts, and write a file for bulk-onboard; changes nothing',
    {
      ...tenant,
      out: option(text, 'folder', 'the report and the file are written here; an earlier report is replaced'),
      'external-id-key': option(
        text.default('external_id'),
        'key',
        'the key of your external id in the metadata at the gateway; default: external_id',
      ),
    },
    async (context, { organization: organizationId, environment, out, 'external-id-key': idKey }) => {
      await requireOrganization(context.database, organizationId)
      // Before the gateway is asked for thousands of customers.
      await prepareFolder(out)
      const owner = { organizationId, environment }
      const gateway = await requireLister(context, owner)
      const candidates: Candidate[] = []
      for await (const customers of listAllCustomers(gateway, reportCount))
        candidates.push(...(await readCandidates(context.database, gateway, owner, { customers, idKey })))
      return { customers: candidates.length, ...(await writeReport(out, gateway.name, matchCustomers(candidates))) }
    },
  ),
}

const reportCount = (count: number) => console.error(`${count.toLocaleString('en-US')} customers listed`)

/** Returns the gateway with the account that the organization's customers pay at. */
async function requireLister(
  { database, gateways, settingDefaults }: AdminContext,
  tenant: Tenant,
): Promise<PaymentGateway & Required<Pick<PaymentGateway, 'listCustomers'>>> {
  const settings = await readSettings(database, settingDefaults, tenant)
  const gateway = await gateways?.current({ ...tenant, settings }, defaultGateway)
  if (!gateway?.listCustomers)
    throw invalid('--environment', 'has no account at a gateway whose customers can be listed: set its keys')
  return { ...gateway, listCustomers: gateway.listCustomers }
}
