/** `millrace plan` and `build --frozen`: what is deployed is pinned, and what would break it is refused. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { emptyProject, type Project } from './support/project.js'

const pipeline = (group: string): string => `
import { json, pipeline, string, topic, tumbling } from 'millrace'
interface Order { readonly id: string; readonly amount: number }
const orders = topic('orders', { key: string(), value: json<Order>() })
const out = topic('out', { key: string(), value: json<unknown>() })
void tumbling
export const shop = pipeline('shop', (p) => {
  ${group}
})
`
const counting = (name: string): string =>
  pipeline(`p.stream(orders).groupByKey().count({ name: '${name}' }).toStream().to(out)`)
const folding = (acc: string, initial: string): string =>
  pipeline(`p.stream(orders).groupByKey()
    .aggregate((): ${acc} => (${initial}), (acc, o) => ({ ...acc, sum: acc.sum + o.amount }), { name: 'sums' })
    .toStream().to(out)`)

// Each command compiles anew, and the machine may be busy.
vi.setConfig({ testTimeout: 180_000 })

interface PlanJson {
  readonly verdict: string
  readonly pipelines: readonly { readonly pipeline: string; readonly verdict: string }[]
}

let project: Project
const plan = async (...args: readonly string[]) => {
  const { code, data } = await project.json(['plan', ...args])
  return { code, verdict: (data as PlanJson).verdict }
}
const write = (text: string): Promise<void> => project.write('pipelines/shop.ts', text)

beforeAll(async () => {
  project = await emptyProject()
  await project.write('package.json', '{ "type": "module" }')
  await project.write(
    'tsconfig.json',
    '{ "compilerOptions": { "strict": true, "target": "ES2023", "lib": ["ES2023"], "module": "ESNext", "moduleResolution": "bundler", "types": [], "skipLibCheck": true } }',
  )
})
afterAll(() => project[Symbol.asyncDispose]())

it('goes with a project through its life', async () => {
  // Not listed yet: fine to deploy, but a frozen build wants it listed.
  await write(counting('counts'))
  const unlisted = await project.run(['build', '--frozen'])
  expect(unlisted.code).toBe(1)
  expect(unlisted.stderr).toContain('does not tell pipeline shop')
  expect(await plan('--accept')).toEqual({ code: 0, verdict: 'safe' })

  // Renamed: state would be left behind, until the lock is told.
  await write(counting('orders-per-key'))
  const { code, stdout } = await project.run(['plan', '--accept'])
  expect(code).toBe(1)
  expect(stdout).toContain('shop: needs a reset')
  expect(stdout).toContain('fix: `millrace plan --rename counts=orders-per-key` keeps the rows')
  expect(await plan('--rename', 'counts=orders-per-key')).toEqual({ code: 0, verdict: 'rolling' })
  await project.run(['build'])
  expect((await project.run(['build', '--frozen'])).code).toBe(0)
  const manifest = await project.read('generated/shop.manifest.json')
  expect(manifest).toContain('shop-counts-changelog')
  expect(manifest).not.toContain('shop-orders-per-key-changelog')
})

it('lets state schemas evolve, and refuses what cannot be read', async () => {
  await project.remove('topology.lock.json')
  await write(folding('{ sum: number }', '{ sum: 0 }'))
  expect(await plan('--accept')).toEqual({ code: 0, verdict: 'safe' })
  await write(folding('{ sum: number; note: string | null }', '{ sum: 0, note: null }'))
  expect(await plan('--accept')).toEqual({ code: 0, verdict: 'rolling' })
  await write(folding('{ sum: number; total: number }', '{ sum: 0, total: 0 }'))
  const { code, stderr } = await project.run(['build'])
  expect(code).toBe(1)
  expect(stderr).toContain('MR1301')
  expect(await plan('--accept', '--reset', 'sums')).toEqual({ code: 0, verdict: 'safe' })
})

it('notices that the lock was edited', async () => {
  const text = await project.read('topology.lock.json')
  await project.write('topology.lock.json', text.replace('"shop"', '"shoe"'))
  const { code, stderr } = await project.run(['plan'])
  expect(code).toBe(1)
  expect(stderr).toContain('does not match its checksum')
  expect(stderr).toContain('from version control')
})
