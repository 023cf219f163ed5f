import { readdirSync } from 'node:fs'

// What each folder may import: docs/architecture.md, docs/decisions/0001. Anything else is refused.

/**
 * @typedef {object} Wall
 * @property {string} in a folder or file; the longest that matches applies
 * @property {string[]} may folders and files that it may import
 * @property {string[]} [types] folders and files of which it may import types
 * @property {string[]} [not] packages that it may not import
 * @property {boolean} [node] whether it may import modules of Node; true unless given
 * @property {boolean} [pure] it imports neither packages nor modules of Node
 * @property {string} why
 */

const vendors = ['stripe', '@paypal/paypal-server-sdk', 'axios']
const http = ['hono', '@hono']
const temporal = ['@temporalio']
const openTelemetry = ['@opentelemetry']
const port = [
  'gateways/account-access.ts',
  'gateways/gateway.ts',
  'gateways/gateways.ts',
  'gateways/listed.ts',
  'gateways/platform.ts',
]

/** Sub-folders of which each may import itself and those before it. */
const layers = (folder, names, { may = [], ...rest }) =>
  names.map((name, i) => ({
    in: `${folder}/${name}`,
    may: [...may, ...names.slice(0, i + 1).map((each) => `${folder}/${each}`)],
    ...rest,
  }))

/** What every folder of domain/ may import. */
const domainBase = ['domain/hosted-page.ts', 'domain/lifecycle.ts', 'domain/reference.ts']
const domainRooms = [
  ...['text', 'webhooks', 'gateways', 'failure', 'payment', 'tenant', 'events', 'onboarding', 'bulk'],
]
const storeRooms = [
  ...[
    'database',
    'schema',
    'events',
    'webhooks',
    'tenants',
    'gateway-accounts',
    'customers',
    'catalog',
    'onboardings',
    'methods',
    'payments',
  ],
  ...['billing-customers', 'charges', 'lifecycle', 'bulk', 'measures', 'erasure', 'export', 'retention'],
]
const apiRooms = ['schemas', 'call', 'errors', 'assets', 'setup', 'customers', 'uploads']
const apiBase = [
  ...['domain', 'metrics', 'traces', 'store', 'payments/customers', 'payments/accounts', 'payments/forms'],
  ...['payments/gateway-events', 'runtime/log-context.ts'],
]
/** What the API sends to Temporal. */
const apiRuns = ['workflows/messages.ts', 'runtime/search-attributes.ts', 'runtime/temporal-errors.ts']
/** What `api/serve.ts` says if it cannot listen. */
const apiServer = ['runtime/http/not-listening.ts']
const apiFiles = ['api/dependencies.ts', 'api/run-histories.ts', 'api/runs.ts', 'api/setup-links.ts']
const api = {
  types: [...port, 'runtime/log.ts'],
  not: ['postgres', ...vendors, ...temporal],
  why: 'api/ writes rows and signals runs; activities/ do the work',
}
const foldersIn = (folder) =>
  readdirSync(new URL(folder, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
const doors = foldersIn('api/doors')
const vendorFolders = foldersIn('gateways').map((name) => `gateways/${name}`)
const inDoors = { ...api, why: 'a door does not depend on another door' }
const ours = [
  'domain',
  'metrics',
  'traces',
  'store',
  'gateways',
  'receivers',
  'payments',
  'activities',
  'workflows',
  'api',
  'worker',
  'admin',
  'runtime',
]

/** @type {Wall[]} */
const walls = [
  { in: 'domain', may: domainBase, pure: true, why: 'domain/ imports only itself' },
  ...layers('domain', domainRooms, {
    may: domainBase,
    pure: true,
    why: 'domain/ imports only itself, in the order of its subfolders',
  }),
  {
    in: 'metrics',
    may: ['domain', 'metrics'],
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'every folder counts with metrics/, so it depends on domain/ only',
  },
  {
    in: 'traces',
    may: ['traces'],
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'every folder creates spans with traces/, so it depends on nothing',
  },
  ...layers('store', storeRooms, {
    may: ['domain', 'metrics', 'traces'],
    not: [...vendors, ...temporal, ...http],
    why: 'store/ contains SQL and depends on domain/, metrics/ and traces/ only, in the order of its subfolders',
  }),
  ...['gateways', ...vendorFolders].map((folder) => ({
    in: folder,
    may:
      folder === 'gateways'
        ? ['domain', 'metrics', 'traces', 'gateways']
        : ['domain', folder, ...port, 'gateways/cannot-be-sent.ts'],
    not: ['postgres', ...temporal, ...http],
    why: 'gateways/ depend on domain/ only, and no vendor on another',
  })),
  {
    in: 'receivers',
    may: ['domain', 'receivers'],
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'receivers/ depend on domain/ only',
  },
  {
    in: 'payments',
    may: ['domain', 'store', 'payments'],
    types: port,
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'payments/ depends neither on Temporal nor on HTTP nor on a vendor',
  },
  {
    in: 'payments/customers',
    may: ['domain', 'store', 'payments/customers'],
    types: port,
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'api/ uses payments/customers/ too, so it depends on nothing else in payments/',
  },
  {
    in: 'payments/accounts',
    may: ['domain', 'store', 'payments/accounts'],
    types: port,
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'api/ and admin/ use payments/accounts/, so it depends on nothing else in payments/',
  },
  {
    in: 'payments/forms',
    may: ['domain', 'store', 'payments/forms'],
    types: port,
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'api/ uses payments/forms/ too, so it depends on nothing else in payments/',
  },
  {
    in: 'payments/gateway-events',
    may: ['domain', 'store', 'payments/accounts', 'payments/forms', 'payments/gateway-events'],
    types: port,
    not: ['postgres', ...vendors, ...temporal, ...http],
    why: 'api/ and worker/ process events of gateways alike, and charge nothing with them',
  },
  {
    in: 'activities',
    may: ['domain', 'metrics', 'traces', 'store', 'payments', 'activities', 'runtime/log-context.ts'],
    types: port,
    not: ['postgres', ...vendors, ...http],
    why: 'activities/ depend neither on their callers nor on a vendor',
  },
  {
    in: 'workflows',
    may: ['domain', 'workflows'],
    types: ['activities'],
    not: ['postgres', 'zod', ...vendors, ...http],
    node: false,
    why: 'workflows/ are deterministic: no input or output, and of activities only the types',
  },
  ...layers('api', apiRooms, { may: [...apiBase, ...apiFiles], ...api }),
  { in: 'api', may: [...apiBase, ...apiRuns, ...apiServer, 'api'], ...api, not: ['postgres', ...vendors] },
  { in: 'api/doors', may: [...apiBase, ...apiFiles, ...apiRooms.map((room) => `api/${room}`)], ...inDoors },
  ...doors.map((door) => ({
    in: `api/doors/${door}`,
    may: [...apiBase, ...apiFiles, ...apiRooms.map((room) => `api/${room}`), 'api/doors/door.ts', `api/doors/${door}`],
    ...inDoors,
  })),
  ...['hosted-page', 'webhooks', 'reference'].map((room) => ({
    in: `api/${room}`,
    may: [...apiBase, ...apiFiles, ...apiRooms.map((each) => `api/${each}`), `api/${room}`],
    ...api,
  })),
  ...['embed', 'words', 'view', 'browser'].map((room, index, rooms) => ({
    in: `api/hosted-page/${room}`,
    may: ['domain', ...rooms.slice(0, index + 1).map((each) => `api/hosted-page/${each}`)],
    not: ['postgres', ...vendors, ...temporal],
    node: false,
    why: 'the words, the view and the browser scripts depend on domain/ only, each on those before it',
  })),
  {
    in: 'runtime',
    may: [
      ...['domain', 'runtime', 'store/database/connection-string.ts', 'store/database/read-file.ts'],
      'traces/tracing-config.ts',
    ],
    types: vendorFolders.map((folder) => `${folder}/account.ts`),
    not: ['postgres', ...vendors, ...http],
    why: 'every program uses runtime/, so it depends on little',
  },
  {
    in: 'admin',
    may: ['domain', 'store', 'runtime', 'admin', 'payments/customers', 'payments/accounts'],
    types: port,
    not: [...vendors, ...temporal, ...http],
    why: 'admin/ changes rows, which runs read',
  },
  {
    in: 'admin/upgrades',
    may: [
      ...['domain', 'store', 'runtime', 'admin', 'workflows/messages.ts'],
      ...['worker/run-worker.ts', 'worker/schedule-reconcile.ts'],
    ],
    not: ['postgres', ...vendors, ...http],
    why: 'the commands for upgrades are about runs, and use the workflow code of this build',
  },
  {
    in: 'worker',
    may: ours.filter((folder) => folder !== 'api' && folder !== 'admin'),
    not: [...vendors, ...http],
    why: 'worker/ and api/ are two programs, and neither depends on tools/ or test/',
  },
  // Programs connect the folders.
  { in: 'api/main.ts', may: ours, why: 'programs depend neither on tools/ nor on test/' },
  ...['admin/main.ts', 'admin/gateway-accounts/open-gateways.ts'].map((file) => ({
    in: file,
    may: ours,
    why: 'programs depend neither on tools/ nor on test/',
  })),
  { in: 'tools', may: [...ours, 'tools'], why: 'only test/ imports test/' },
  {
    in: 'tools/listen',
    may: ['domain', 'receivers', 'runtime', 'tools/listen', 'packages/client/src/index.ts'],
    why: 'a program of an integrator: it calls the API with the client package',
  },
  ...['', '/stripe', '/paypal'].map((vendor) => ({
    in: `tools/simulators${vendor}`,
    may: [
      ...['account', 'accounts', 'basic-controls', 'deliveries', 'faults', 'journal', 'listen'].map(
        (file) => `tools/simulators/${file}.ts`,
      ),
      ...(vendor ? [`tools/simulators${vendor}`] : []),
    ],
    why: 'a simulator replaces a vendor: it depends neither on the service nor on another simulator',
  })),
  {
    in: 'docs/examples',
    may: ['docs/examples', 'packages/client/src/index.ts'],
    why: "an example is a client's program",
  },
  {
    in: 'packages',
    may: ['packages'],
    node: false,
    why: 'a package is installed without the service, and runs in browsers too',
  },
]

const escape = (path) => path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
const inside = (paths) => paths.map((path) => `^${escape(path)}(/|$)`)
// A package that is not installed keeps the name under which it is imported.
const ofPackages = (names) => `^(node_modules/)?(${names.map(escape).join('|')})(/|$)`

/** @param {Wall} wall */
function rulesOf({ in: place, may, types = [], not, node = true, pure, why }) {
  const deeper = walls.map((wall) => wall.in).filter((other) => other.startsWith(`${place}/`))
  const rule = (name, to) => ({
    name: `${place}: ${name}`,
    comment: why,
    severity: 'error',
    from: { path: inside([place]), ...(deeper.length > 0 && { pathNot: inside(deeper) }) },
    to,
  })
  return [
    rule('what it may import', {
      pathNot: inside([...may, ...types]),
      ...(pure ? {} : { dependencyTypes: ['local'] }),
    }),
    ...(types.length > 0
      ? [rule('types only', { path: inside(types), pathNot: inside(may), dependencyTypesNot: ['type-only'] })]
      : []),
    ...(not ? [rule('packages', { path: ofPackages(not) })] : []),
    ...(node ? [] : [rule('modules of Node', { dependencyTypes: ['core'] })]),
  ]
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no circle',
      comment: 'files do not import each other in a circle, not even for types',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'OpenTelemetry',
      comment: 'only traces/otlp.ts imports it, and is itself imported only while tracing is on',
      severity: 'error',
      from: { pathNot: '^traces/otlp\\.ts$' },
      to: { path: ofPackages(openTelemetry) },
    },
    {
      name: 'traces/otlp.ts',
      comment: 'it loads OpenTelemetry, so it is imported only while tracing is on',
      severity: 'error',
      from: {},
      to: { path: '^traces/otlp\\.ts$', dynamic: false },
    },
    ...walls.flatMap(rulesOf),
  ],
  options: {
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '^(dist|packages/client/dist|\\.local|\\.git)(/|$)' },
    tsPreCompilationDeps: true,
  },
}
