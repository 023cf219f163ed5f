/** The variables that a server's address comes from. */
export interface AddressVariables {
  port: string
  host: string
}

/** Returns why a server cannot listen, in one sentence that names the variable. */
export function whyNotListening(
  error: NodeJS.ErrnoException,
  hostname: string,
  port: number,
  names: AddressVariables = { port: 'PORT', host: 'HOST' },
): string {
  const ofPort = `${names.port} ${port}`
  const ofHost = `${names.host} ${hostname}`
  if (error.code === 'EADDRINUSE') return `${ofPort} is in use at ${hostname} by another program`
  if (error.code === 'EACCES') return `${ofPort} may not be used by this account: ports below 1024 require a privilege`
  if (error.code === 'EADDRNOTAVAIL') return `${ofHost} is not an address of this machine`
  if (error.syscall === 'getaddrinfo') return `${ofHost} cannot be resolved (${error.code})`
  return `${ofPort} at ${ofHost} cannot be used (${error.code ?? error.message})`
}
