/** The files of a new project: small, but all of it works: `millrace dev`, `npm test`. */

export interface TemplateFile {
  readonly path: string
  readonly text: string
}

export function projectTemplate(name: string, millraceVersion: string): readonly TemplateFile[] {
  return [
    { path: 'package.json', text: packageJson(name, millraceVersion) },
    { path: 'tsconfig.json', text: tsconfig },
    { path: 'millrace.config.ts', text: config },
    { path: 'schemas/orders-value.avsc', text: ordersSchema },
    { path: 'schemas/large-orders-value.avsc', text: largeOrdersSchema },
    { path: 'pipelines/large-orders.ts', text: pipeline },
    { path: 'test/large-orders.test.ts', text: test },
    { path: '.gitignore', text: 'node_modules/\n.millrace/\n' },
    { path: 'README.md', text: readme(name) },
  ]
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

function packageJson(name: string, version: string): string {
  return json({
    name,
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: { dev: 'millrace dev', build: 'millrace build', start: 'millrace run large-orders', test: 'vitest run' },
    dependencies: { millrace: `^${version}` },
    devDependencies: {
      '@types/node': '^20.19.0',
      chokidar: '^5.0.0',
      esbuild: '^0.28.2',
      'ts-morph': '^28.0.0',
      typescript: '~6.0.3',
      vitest: '4.1.12',
    },
  })
}

const tsconfig = json({
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'ESNext.Disposable'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['pipelines', 'generated', 'test', 'millrace.config.ts'],
})

const config = `import { defineConfig } from 'millrace/config'

export default defineConfig({
  // MILLRACE_REGISTRY_URL and MILLRACE_BROKERS of the environment win over these.
  registry: { url: 'http://127.0.0.1:8081' },
  kafka: { brokers: ['127.0.0.1:9092'] },
})
`

const ordersSchema = json({
  type: 'record',
  name: 'Order',
  namespace: 'example',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'customer', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'createdAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
})

const largeOrdersSchema = json({
  type: 'record',
  name: 'LargeOrder',
  namespace: 'example',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
  ],
})

const pipeline = `import { pipeline, topic } from 'millrace'

export const orders = topic('orders', { timestamp: (order) => order.createdAt })
export const large = topic('large-orders')

export const largeOrders = pipeline('large-orders', (p) => {
  p.stream(orders)
    .filter((order) => order.amount >= 100)
    .map(({ id, amount }) => ({ id, amount }))
    .print('large order')
    .to(large)
})
`

const test = `import { testDriver } from 'millrace/testing'
import { expect, test } from 'vitest'
import { large, largeOrders, orders } from '../pipelines/large-orders.js'

test('small orders are dropped', () => {
  using driver = testDriver(largeOrders)
  const createdAt = new Date(0)
  driver.input(orders).send({ key: 'a', value: { id: '1', customer: 'c', amount: 99, createdAt } })
  driver.input(orders).send({ key: 'b', value: { id: '2', customer: 'c', amount: 100, createdAt } })
  expect(driver.output(large).readValues()).toEqual([{ id: '2', amount: 100 }])
})
`

function readme(name: string): string {
  return `# ${name}

    npm install
    npx millrace dev        # embedded broker and registry, builds on change, runs
    npx millrace produce orders <<< '{"id":"1","customer":"c","amount":120,"createdAt":"2026-01-01T00:00:00Z"}'
    npx millrace tail large-orders

With a Kafka cluster and a registry of your own (set them in millrace.config.ts):

    npx millrace schema register   # once: the schemas of schemas/
    npx millrace schema pull       # lock file and types
    npx millrace build
    npx millrace run large-orders
`
}
