/** Keyed hashes of a client's address (docs/decisions/0031). For IPv4 both are of the address itself. */
export interface AddressHashes {
  /** What one household has (IPv6: a /56). It counts for the limit of declines. */
  home: string
  /** What one network has (IPv6: a /48). It takes turns in the queue with the others. */
  network: string
}
