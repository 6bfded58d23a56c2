/** `millrace dev`: from nothing to records, edits, and the end without anything left behind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newProject, type Project } from './support/project.js'
import type { Running } from './support/millrace.js'
import { eventually } from '../runtime/support/topics.js'

const order = (id: string, amount: number) =>
  `${JSON.stringify({ id, customer: 'c', amount, createdAt: '2026-01-01T00:00:00Z' })}\n`

let project: Project
beforeEach(async () => {
  project = await newProject()
  // Those of the template belong to whoever runs on this machine.
  await project.edit('millrace.config.ts', /127\.0\.0\.1:8081/, '127.0.0.1:0')
  await project.edit('millrace.config.ts', /127\.0\.0\.1:9092/, '127.0.0.1:0')
})
afterEach(() => project[Symbol.asyncDispose]())

/** As the note says: for another terminal. */
function servicesOf(dev: Running): { readonly env: Readonly<Record<string, string>> } {
  const found = /export (MILLRACE_BROKERS=\S+) (MILLRACE_REGISTRY_URL=\S+)/.exec(dev.output)
  return { env: Object.fromEntries((found?.slice(1) ?? []).map((text) => text.split('=', 2) as [string, string])) }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('millrace dev', () => {
  it('runs a new project, builds and restarts on edits, and ends on SIGINT', async () => {
    await using dev = project.start(['dev'])
    await dev.says(/large-orders info running tasks=/)
    expect(dev.output).toMatch(/✓ broker 127\.0\.0\.1:\d+, registry http:\/\/127\.0\.0\.1:\d+/)
    expect(dev.output).toContain('✓ built large-orders in')
    const services = servicesOf(dev)
    const produce = (line: string) => project.run(['produce', 'orders', '--key', 'id'], { ...services, input: line })
    expect(await produce(order('a', 150) + order('b', 50))).toMatchObject({ code: 0 })
    await dev.says(/\[large order\]: a, { id: 'a', amount: 150 }/)

    await project.edit('pipelines/large-orders.ts', '>= 100', '>= 10')
    await dev.says(/large-orders info running tasks=/, 2)
    expect(await produce(order('c', 50))).toMatchObject({ code: 0 })
    await dev.says(/\[large order\]: c, /)

    await project.edit('pipelines/large-orders.ts', 'order.amount', 'order.amuont')
    await dev.says(/error\[TS2551\]/)
    expect(await produce(order('d', 60))).toMatchObject({ code: 0 })
    await dev.says(/\[large order\]: d, /)

    const tail = await project.run(['tail', 'large-orders', '--from', 'beginning', '--no-follow'], services)
    expect(tail.stdout.trimEnd().split('\n')).toHaveLength(3)
    expect(await dev.end('SIGINT')).toMatchObject({ code: 0 })
    expect(dev.output).not.toContain('[large order]: b')
  })

  it('goes on where it stopped when it starts again, and begins anew with --fresh', async () => {
    const produce = (dev: Running, line: string) =>
      project.run(['produce', 'orders', '--key', 'id'], { ...servicesOf(dev), input: line })
    {
      await using dev = project.start(['dev'])
      await dev.says(/large-orders info running tasks=/)
      expect(await produce(dev, order('a', 150))).toMatchObject({ code: 0 })
      await dev.says(/\[large order\]: a, /)
      expect(await dev.end('SIGINT')).toMatchObject({ code: 0 })
    }
    {
      await using dev = project.start(['dev'])
      await dev.says(/large-orders info running tasks=/)
      expect(await produce(dev, order('b', 150))).toMatchObject({ code: 0 })
      await dev.says(/\[large order\]: b, /)
      const tail = await project.run(['tail', 'orders', '--from', 'beginning', '--no-follow'], servicesOf(dev))
      expect(tail.stdout.trimEnd().split('\n')).toHaveLength(2)
      expect(await dev.end('SIGINT')).toMatchObject({ code: 0 })
      expect(dev.output).not.toContain('[large order]: a')
    }
    await using dev = project.start(['dev', '--fresh'])
    await dev.says(/large-orders info running tasks=/)
    expect(await produce(dev, order('c', 150))).toMatchObject({ code: 0 })
    const tail = await project.run(['tail', 'orders', '--from', 'beginning', '--no-follow'], servicesOf(dev))
    expect(tail.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(await dev.end('SIGINT')).toMatchObject({ code: 0 })
  })

  it('takes over new fields of a schema file', async () => {
    await using dev = project.start(['dev'])
    await dev.says(/info running tasks=/)
    await project.edit(
      'schemas/orders-value.avsc',
      '"fields": [',
      '"fields": [ { "name": "channel", "type": "string", "default": "web" },',
    )
    await dev.says(/info running tasks=/, 2)
    expect(await project.read('generated/schemas.ts')).toContain('channel')
    await project.write('schemas/orders-value.avsc', '{')
    await dev.says(/error: schemas\/orders-value\.avsc is not JSON/)
    expect(await dev.end('SIGTERM')).toMatchObject({ code: 0 })
  })

  it('registers what new sinks derive from their types', async () => {
    await using dev = project.start(['dev'])
    await dev.says(/large-orders info running tasks=/)
    await project.write(
      'pipelines/ids.ts',
      `import { avro, pipeline, topic } from 'millrace'
import { orders } from './large-orders.js'
export const ids = pipeline('ids', (p) => {
  p.stream(orders).map(({ id }) => ({ id })).to(topic('ids', { value: avro<{ id: string }>() }))
})
`,
    )
    await dev.says(/\bids info running tasks=/)
    const services = servicesOf(dev)
    await project.run(['produce', 'orders', '--key', 'id'], { ...services, input: order('a', 1) })
    const tail = await project.run(['tail', 'ids', '--from', 'beginning', '--limit', '1'], services)
    expect(JSON.parse(tail.stdout)).toMatchObject({ key: 'a', value: { id: 'a' } })
    expect(await dev.end('SIGINT')).toMatchObject({ code: 0 })
  })

  it('leaves no process behind, also when it is killed', async () => {
    await using dev = project.start(['dev'])
    await dev.says(/running large-orders \(process \d+\)/)
    const child = Number(/running large-orders \(process (\d+)\)/.exec(dev.output)?.[1])
    await dev.says(/info running tasks=/)
    expect(isAlive(child)).toBe(true)
    expect(await dev.end('SIGKILL')).toMatchObject({ code: 'SIGKILL' })
    await eventually(
      () => isAlive(child),
      (alive) => !alive,
    )
  })
})
