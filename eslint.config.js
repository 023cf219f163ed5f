import { builtinModules } from 'node:module'
import tseslint from 'typescript-eslint'

/** One sentence per folder: what it may not import, and why. `types` lets type-only imports through. */
const forbid = (group, message, types = false) => ({ group, message, allowTypeImports: types })
const builtins = (message) => ({ regex: `^(node:.*|${builtinModules.join('|')})$`, message })
const only = (folders, ...patterns) => ({
  files: folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
})

const outermost = ['**/local/**', '**/simulators/**', '**/test/**', '**/bench/**', '**/admin/**', '**/config.ts']
const mains = ['**/api/**', '**/worker/**', '**/main.ts']
const stages = ['**/activities/**', '**/workflows/**', '**/page/**']

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.local', '**/*.js', 'coverage'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  only(
    ['domain'],
    forbid(['../**', '@*/**', '*', '!./**'], 'domain/ is pure: it imports nothing but itself'),
    builtins('domain/ is pure'),
  ),
  only(
    ['gateways', 'store'],
    forbid([...outermost, ...mains, ...stages, '@temporalio/*', 'hono', 'hono/*'], 'gateways/ and store/ know domain/ only'),
  ),
  only(['gateways'], forbid([...outermost, ...mains, ...stages, '**/store/**', 'postgres'], 'gateways/ speak vendor and know domain/ only')),
  only(
    ['store'],
    forbid([...outermost, ...mains, ...stages, '**/gateways/**', '@temporalio/*', 'stripe'], 'store/ speaks SQL and knows domain/ only'),
  ),
  only(
    ['activities'],
    forbid(
      [...outermost, ...mains, '**/workflows/**', '**/page/**', 'hono', 'hono/*', 'stripe', '**/gateways/*/**'],
      'activities/ know the steps, not who calls them nor which vendor answers',
    ),
    forbid(['**/gateways/**'], 'activities/ use the port: types only', true),
  ),
  only(
    ['workflows'],
    forbid([...outermost, ...mains, '**/store/**', '**/gateways/**', '**/page/**', 'postgres', 'stripe', 'hono', 'zod'], 'workflows/ are deterministic'),
    forbid(['**/activities/**'], 'workflows/ know activities as types only', true),
    builtins('workflows/ are deterministic: no Node built-ins'),
  ),
  only(['page'], forbid([...outermost, ...mains, '**/store/**', '**/gateways/**', '**/activities/**', '**/workflows/**'], 'page/ knows domain/ only')),
  only(
    ['api'],
    forbid(
      [...outermost, '**/worker/**', '**/activities/**', '**/workflows/!(messages.ts)', 'stripe', '**/gateways/*/**'],
      'api/ starts and reads; the work is done in activities/',
    ),
    forbid(['**/gateways/**'], 'api/ uses the port: types only', true),
  ),
  only(['worker'], forbid([...outermost, '**/api/**', '**/page/**'], 'worker/ and api/ are two programs')),
  // The places that wire things together.
  {
    files: ['api/main.ts', 'worker/main.ts', 'admin/**/*.ts', 'local/**/*.ts', 'store/migrate-main.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
)
