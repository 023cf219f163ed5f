import net from 'node:net'

// Loaded by a program before all else: every name but this machine's leads to the listener on VENDORS_PORT.

const here = new Set(['127.0.0.1', 'localhost', '::1', undefined])
const connect = net.Socket.prototype.connect

net.Socket.prototype.connect = function (...args) {
  // Node passes its own kind of list on, whose first entry are the options.
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof options === 'object' && options && !options.path && !here.has(options.host)) {
    Object.assign(options, { host: '127.0.0.1', port: Number(process.env.VENDORS_PORT) })
  }
  return connect.apply(this, args)
}
