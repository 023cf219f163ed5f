/** A network that may be reached although it is private, and its ports: an entry of WEBHOOK_ALLOWED_NETWORKS. */
export interface AllowedNetwork {
  address: string
  bits: number
  fromPort: number
  toPort: number
}

/** Where a connection leads. */
export interface Target {
  /** An IPv4 or IPv6 address, without brackets. */
  address: string
  port: number
  secure: boolean
}

/** Which addresses deliveries may be sent to: receivers/addresses.ts. */
export interface AddressRules {
  mayReach(target: Target): boolean
  /** Whether any network is allowed although it is private. */
  allowsNetworks: boolean
  /** Whether a URL may have this port. */
  allowsPort(port: number): boolean
}

/** Returns whether a port may be used for public addresses: not one of the well-known services, except https. */
export const isPublicPort = (port: number): boolean => port === 443 || (port >= 1_024 && port <= 65_535)
