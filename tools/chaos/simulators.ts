import { writeFileSync } from 'node:fs'
import { startPayPalSimulator } from '../simulators/paypal/server.ts'
import { startStripeSimulator } from '../simulators/stripe/server.ts'
import { stopOnSignals } from '../../runtime/stop.ts'

// The simulators of both vendors as one program. `SIMULATOR` holds their folder, their ports and where they send
// events. Writes the root of PayPal's certificates to a file.

const { folder, ports, rootFile, stripe, paypal } = JSON.parse(process.env.SIMULATOR ?? '{}') as {
  folder: string
  ports: { stripe: number; paypal: number }
  rootFile: string
  stripe: { url: string; secret: string; connect: { url: string; secret: string } }
  paypal: { url: string; webhookId: string }
}
const simulators = await Promise.all([
  startStripeSimulator({ folder, port: ports.stripe }),
  startPayPalSimulator({ folder, port: ports.paypal }),
])
simulators[0].sendEventsTo(stripe)
simulators[1].sendEventsTo(paypal)
writeFileSync(rootFile, simulators[1].rootCertificate)
stopOnSignals(() => void Promise.all(simulators.map((each) => each.close())).then(() => process.exit(0)))
process.send?.('ready')
