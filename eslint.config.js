import { builtinModules } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import tseslint from 'typescript-eslint'

// Walls: what each room may import (docs/decisions/0001, docs/architecture.md). What is not listed is refused.

/**
 * @typedef {object} Wall
 * @property {string} in folder or file; the longest that fits holds
 * @property {string[]} may folders and files that it may import
 * @property {string[]} [types] of these only types
 * @property {RegExp} [not] packages that it may not import; none where `pure`
 * @property {boolean} [pure] it imports no package
 * @property {string} why
 */

const vendors = 'stripe|@paypal/paypal-server-sdk|axios'
const packages = (...names) => new RegExp(`^(${names.join('|')})(/|$)`)
const http = 'hono|@hono'
const temporal = '@temporalio'
const port = ['gateways/gateway.ts']

/** Sub-rooms of which each may import itself and those before it. */
const layers = (folder, names, { may = [], ...rest }) =>
  names.map((name, i) => ({
    in: `${folder}/${name}`,
    may: [...may, ...names.slice(0, i + 1).map((each) => `${folder}/${each}`)],
    ...rest,
  }))

/** What every room of domain/ may import. */
const domainBase = ['domain/lifecycle.ts', 'domain/reference.ts']
const storeRooms = [
  ...['database', 'events', 'tenants', 'customers', 'catalog', 'onboardings', 'methods', 'payments'],
  ...['billing-customers', 'charges', 'lifecycle'],
]
const apiRooms = ['call', 'errors', 'assets', 'setup', 'customers', 'schemas']
const apiBase = ['domain', 'store', 'payments/customers']
/** What the API says to Temporal. */
const apiRuns = ['workflows/messages.ts', 'runtime/search-attributes.ts', 'runtime/temporal-errors.ts']
const apiFiles = ['api/dependencies.ts', 'api/runs.ts', 'api/setup-links.ts']
const api = {
  types: [...port, 'runtime/log.ts'],
  not: packages('postgres', vendors, temporal),
  why: 'api/ writes rows and wakes runs; the work is done in activities/',
}
const inDoors = { ...api, why: 'a door knows no other door' }
const ours = ['domain', 'store', 'gateways', 'payments', 'activities', 'workflows', 'api', 'worker', 'admin', 'runtime']

/** @type {Wall[]} */
const walls = [
  { in: 'domain', may: domainBase, pure: true, why: 'domain/ is pure' },
  ...layers('domain', ['text', 'failure', 'payment', 'tenant', 'onboarding'], {
    may: domainBase,
    pure: true,
    why: 'domain/ is pure: it imports nothing but itself, and its rooms point one way',
  }),
  ...layers('store', storeRooms, {
    may: ['domain'],
    not: packages(vendors, temporal, http),
    why: 'store/ speaks SQL and knows domain/ only; its rooms point one way',
  }),
  ...['gateways', 'gateways/stripe', 'gateways/paypal'].map((folder) => ({
    in: folder,
    may: folder === 'gateways' ? ['domain', 'gateways'] : ['domain', folder, ...port, 'gateways/cannot-be-sent.ts'],
    not: packages('postgres', temporal, http),
    why: 'gateways/ speak vendor and know domain/ only, and one vendor nothing of the other',
  })),
  {
    in: 'payments',
    may: ['domain', 'store', 'payments'],
    types: port,
    not: packages('postgres', vendors, temporal, http),
    why: 'payments/ is the engine: it knows neither Temporal nor HTTP nor which vendor answers',
  },
  {
    in: 'payments/customers',
    may: ['domain', 'store', 'payments/customers'],
    types: port,
    not: packages('postgres', vendors, temporal, http),
    why: 'payments/customers/ serves api/ too: it knows nothing else of payments/',
  },
  {
    in: 'activities',
    may: ['domain', 'store', 'payments', 'activities'],
    types: port,
    not: packages('postgres', vendors, http),
    why: 'activities/ are the steps: they know neither who calls them nor which vendor answers',
  },
  {
    in: 'workflows',
    may: ['domain', 'workflows'],
    types: ['activities'],
    not: packages('node:.*', ...builtinModules, 'postgres', 'zod', vendors, http),
    why: 'workflows/ are deterministic: no input, no output, activities as types only',
  },
  ...layers('api', apiRooms, { may: [...apiBase, ...apiFiles], ...api }),
  { in: 'api', may: [...apiBase, ...apiRuns, 'api'], ...api, not: packages('postgres', vendors) },
  { in: 'api/doors', may: [...apiBase, ...apiFiles, ...apiRooms.map((room) => `api/${room}`)], ...inDoors },
  ...['native', 'edge', 'billing-io', 'moment', 'flexprice'].map((door) => ({
    in: `api/doors/${door}`,
    may: [...apiBase, ...apiFiles, ...apiRooms.map((room) => `api/${room}`), 'api/doors/door.ts', `api/doors/${door}`],
    ...inDoors,
  })),
  ...['hosted-page', 'webhooks', 'reference'].map((room) => ({
    in: `api/${room}`,
    may: [...apiBase, ...apiFiles, ...apiRooms.map((each) => `api/${each}`), `api/${room}`],
    ...api,
  })),
  {
    in: 'api/reference/routes.tsx',
    may: ['domain', 'api/assets', 'api/errors', 'api/reference', 'api/doors/moment/error.ts'],
    ...api,
  },
  ...['view', 'browser'].map((room) => ({
    in: `api/hosted-page/${room}`,
    may: ['domain', 'api/hosted-page/view', `api/hosted-page/${room}`],
    not: packages('postgres', vendors, temporal, 'node:.*'),
    why: 'what the page shows, and what runs in a browser, know domain/ only',
  })),
  {
    in: 'runtime',
    may: ['domain', 'runtime', 'store/database/connection-string.ts'],
    not: packages('postgres', vendors, http),
    why: 'runtime/ is what every program begins with',
  },
  {
    in: 'admin',
    may: ['domain', 'store', 'runtime', 'admin'],
    not: packages(vendors, temporal, http),
    why: 'admin/ changes rows; the runs see it',
  },
  {
    in: 'worker',
    may: ['domain', 'store', 'gateways', 'payments', 'activities', 'workflows', 'runtime', 'worker'],
    not: packages(vendors, http),
    why: 'worker/ and api/ are two programs, and neither knows tools/ or test/',
  },
  // The places that wire a program together.
  { in: 'api/main.ts', may: ours, why: 'programs know neither tools/ nor test/' },
  { in: 'tools', may: [...ours, 'tools'], why: 'nothing but test/ imports test/' },
  ...['', '/stripe', '/paypal'].map((vendor) => ({
    in: `tools/simulators${vendor}`,
    may: [
      ...['account', 'basic-controls', 'deliveries', 'faults', 'journal', 'listen'].map(
        (file) => `tools/simulators/${file}.ts`,
      ),
      ...(vendor ? [`tools/simulators${vendor}`] : []),
    ],
    why: 'simulators stand for the vendors: they know nothing of ours, and one nothing of the other',
  })),
  { in: 'docs/examples', may: ['docs/examples'], why: "an example is a caller's program" },
]

const within = (path, place) => path === place || path.startsWith(`${place}/`)
const byLength = [...walls].sort((a, b) => b.in.length - a.in.length)

const wallsRule = {
  meta: { type: 'problem', schema: [], messages: { wall: '{{file}} may not import {{to}}: {{why}}' } },
  create(context) {
    const file = relative(import.meta.dirname, context.filename).replaceAll('\\', '/')
    const wall = byLength.find((each) => within(file, each.in))
    if (!wall) return {}
    const isAllowed = (source, isType) => {
      if (!source.startsWith('.')) return !wall.pure && !wall.not?.test(source)
      const target = relative(import.meta.dirname, resolve(dirname(context.filename), source)).replaceAll('\\', '/')
      return [...wall.may, ...(isType ? (wall.types ?? []) : [])].some((place) => within(target, place))
    }
    const check = (node, source, isType) => {
      if (typeof source === 'string' && !isAllowed(source, isType))
        context.report({ node, messageId: 'wall', data: { file, to: source, why: wall.why } })
    }
    const areTypes = (kind, specifiers = []) =>
      kind === 'type' ||
      (specifiers.length > 0 && specifiers.every((each) => (each.importKind ?? each.exportKind) === 'type'))
    return {
      ImportDeclaration: (node) => check(node, node.source.value, areTypes(node.importKind, node.specifiers)),
      ExportNamedDeclaration: (node) => check(node, node.source?.value, areTypes(node.exportKind, node.specifiers)),
      ExportAllDeclaration: (node) => check(node, node.source.value, areTypes(node.exportKind)),
      ImportExpression: (node) => check(node, node.source.value, false),
      TSImportType: (node) => check(node, node.source?.value ?? node.argument?.literal?.value, true),
    }
  },
}

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.local', '**/*.js'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    plugins: { rooms: { rules: { walls: wallsRule } } },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'rooms/walls': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
)
