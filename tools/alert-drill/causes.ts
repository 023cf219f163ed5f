import { gatewayEventCauses } from './causes/gateway-events.ts'
import { paymentCauses } from './causes/payments.ts'
import { serverCauses } from './causes/servers.ts'
import { webhookCauses } from './causes/webhooks.ts'

/** The cause of every alert, in the order in which they are carried out. */
export const causes = [...gatewayEventCauses, ...webhookCauses, ...serverCauses, ...paymentCauses]
