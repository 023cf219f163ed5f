import { ApiError, type Client } from '@paypal/paypal-server-sdk'

/**
 * Returns a function that makes one call for which the SDK has no method: a path, a method and a JSON body. It returns
 * the parsed response. Throws `ApiError`.
 */
export function otherCallsOf(client: Client) {
  return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown> => {
    const [pathname = '', query = ''] = path.split('?')
    const request = client.getRequestBuilderFactory()(method, pathname)
    for (const [name, value] of new URLSearchParams(query)) request.query(name, value)
    if (body) request.header('Content-Type', 'application/json')
    if (body) request.text(JSON.stringify(body))
    request.defaultToError(ApiError)
    request.authenticate([{ oauth2: true }])
    const { result } = await request.callAsText()
    return result === '' ? {} : (JSON.parse(result) as unknown)
  }
}
