/** Who caused an event: the service, the customer on the page, an API client, or an operator and their name. */
export type Actor = 'system' | 'customer' | 'api' | `operator${string}`

/** Who makes a change: an API key, or an operator with an admin command. */
export interface Author {
  actor: Actor
  /** The API key. */
  actorKeyId?: string
}

/** Who makes a change by a call. A repeat of the call finds the change by the id of its event. */
export interface CallAuthor extends Author {
  eventId?: string | undefined
}

export const byApiKey = (id: string): Author => ({ actor: 'api', actorKeyId: id })
export const byOperator = (name = ''): Author => ({ actor: name ? `operator ${name}` : 'operator' })
