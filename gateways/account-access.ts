/** A permission that payments need, tried by reading. `charging`: whether the gateway lets the account charge. */
export interface AccessCheck {
  permission:
    | 'charging'
    | 'customers'
    | 'payments'
    | 'payment_methods'
    | 'refunds'
    | 'disputes'
    | 'reporting'
    | 'events'
    | 'webhooks'
  granted: boolean
}

/** Our webhook endpoint at the gateway. */
export interface WebhookAtGateway {
  id: string
  /** Null if the gateway has none, or does not show it again. */
  secret: string | null
  /** The API version of its events; null if the gateway has none. */
  apiVersion: string | null
  /** Whether its events are sent, and accepted here in their API version. */
  isEnabled: boolean
  isAccepted: boolean
  /** Whether it sends all events that are read. */
  isComplete: boolean
}

/** Calls about the account itself. */
export interface AccountAccess {
  /** Returns the gateway's id of the account that the keys belong to. Throws `refused` for keys that are not valid. */
  readId(): Promise<string>
  /** Tries each permission. Throws `unknown` and `not_now`. */
  check(): Promise<AccessCheck[]>
  /**
   * Returns whether a publishable key is of the same account; undefined if the gateway does not tell, as before the
   * first payment. Throws `refused` for one that is not valid. Absent if it is tried together with the secret key.
   */
  ownsPublishableKey?(publishableKey: string): Promise<boolean | undefined>
  /**
   * Creates our webhook endpoint for a URL, with the events and the API version that we read. Deletes the other ones
   * for the same URL, afterwards if the gateway allows two of them. Throws `refused` without the permission.
   */
  createWebhook(url: string): Promise<WebhookAtGateway>
  /**
   * Returns the endpoint for a URL, an enabled one before others; undefined if there is none. Throws `refused` without
   * the permission.
   */
  findWebhook(url: string): Promise<WebhookAtGateway | undefined>
  /** The API version of the endpoints that are created; null if the gateway has none. */
  readonly apiVersion: string | null
  /** Enables an endpoint, with all events that are read. Throws `refused` without the permission. */
  mendWebhook(id: string): Promise<void>
}
