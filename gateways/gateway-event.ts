// What gateways send: a part of the port.

/** The parts of a vendor's signed event that are used: which object to read. */
export interface GatewayEvent {
  id: string
  type: string
  /**
   * The object to read, if the event is relevant: a payment object, one with a refund or dispute (`return`), a saved
   * method, a customer at the gateway, or the account itself.
   */
  about: { kind: 'payment' | 'return' | 'method' | 'customer' | 'account'; id: string } | null
  /** Whether the object carries our metadata. */
  ours: boolean
  /** Whether a card was tried on a setup: it was saved or declined, or its bank requires authentication. */
  setupTried?: boolean
  createdAt: Date
  /** Whether the vendor had to verify it, because its certificate is not trusted on this machine. */
  askedVendor?: boolean
}

/** A page of the events of an account. */
export interface EventPage {
  events: GatewayEvent[]
  /** The `after` of the next page; null on the last one. */
  next: string | null
}
