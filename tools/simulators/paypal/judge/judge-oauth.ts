import type { Document, Schema } from './judge-types.ts'

const text = (pattern: string): Schema => ({ type: 'string', pattern })
const failure: Schema = {
  type: 'object',
  properties: { error: text('^[a-z_]+$'), error_description: text('.') },
  required: ['error', 'error_description'],
}

/**
 * The calls for access tokens and the account, for which PayPal publishes no OpenAPI document. Sources:
 * developer.paypal.com/api/rest/authentication, the SDK's `OAuthToken`, developer.paypal.com/log-in/references.
 */
export const oauthDocument: Document = {
  paths: {
    '/v1/oauth2/token': {
      post: {
        parameters: [{ name: 'Authorization', in: 'header', required: true, schema: text('^Basic [A-Za-z0-9+/]+=*$') }],
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                properties: { grant_type: { type: 'string', enum: ['client_credentials'] } },
                required: ['grant_type'],
              },
            },
          },
        },
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    scope: text('^https://uri\\.paypal\\.com/'),
                    access_token: text('.'),
                    token_type: { type: 'string', enum: ['Bearer'] },
                    app_id: text('^APP-'),
                    expires_in: { type: 'integer', minimum: 1 },
                    nonce: text('.'),
                  },
                  required: ['scope', 'access_token', 'token_type', 'expires_in'],
                },
              },
            },
          },
          400: { content: { 'application/json': { schema: failure } } },
          401: { content: { 'application/json': { schema: failure } } },
        },
      },
    },
    '/v1/identity/oauth2/userinfo': {
      get: {
        parameters: [{ name: 'schema', in: 'query', required: true, schema: text('^paypalv1\\.1$') }],
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    user_id: text('^https://'),
                    payer_id: text('^[2-9A-HJ-NP-Z]{13}$'),
                    verified_account: text('^(true|false)$'),
                  },
                  required: ['user_id'],
                },
              },
            },
          },
        },
      },
    },
  },
  components: { schemas: {}, parameters: {} },
}
