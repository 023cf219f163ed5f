import type { Logger } from 'pino'
import type { Post } from '../../domain/webhooks/post.ts'
import type { Database } from '../../store/database/database.ts'
import type { Sealing } from '../../store/database/sealing.ts'
import type { Slots } from '../../domain/slots.ts'

/** Dependencies of everything that delivers webhooks, set up by the worker. */
export interface WebhookDependencies {
  /** A pool of its own: deliveries never wait for payments, nor payments for them. */
  database: Database
  post: Post
  /** Opens secrets of endpoints. */
  sealing: Sealing
  /** The requests of this process. */
  slots: Slots
  log: Logger
}
