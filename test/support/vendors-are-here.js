import net from 'node:net'

// Preloaded by a program: resolves every host name except this machine's to the listener on VENDORS_PORT.

const here = new Set(['127.0.0.1', 'localhost', '::1', undefined])
const connect = net.Socket.prototype.connect

net.Socket.prototype.connect = function (...args) {
  // Node passes an internal array whose first entry holds the options.
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof options === 'object' && options && !options.path && !here.has(options.host)) {
    Object.assign(options, { host: '127.0.0.1', port: Number(process.env.VENDORS_PORT) })
  }
  return connect.apply(this, args)
}
