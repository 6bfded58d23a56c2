/** `millrace produce` and `tail`: JSON to records and back, on the embedded broker and registry. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { produceTo, readAll } from '../runtime/support/topics.js'
import { withoutProgress } from './support/millrace.js'
import { projectWithSchemas, type Project } from './support/project.js'
import { embeddedServices } from './support/services.js'

const services = embeddedServices()
let project: Project

const order = (id: string, amount: unknown = 1) => ({
  id,
  customer: 'c',
  amount,
  createdAt: '2026-01-01T00:00:00.000Z',
})
const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const parsed = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)

beforeAll(async () => {
  project = await projectWithSchemas(services)
  await services.broker.createTopic('orders', { partitions: 2 })
  await services.broker.createTopic('texts')
})
afterAll(() => project[Symbol.asyncDispose]())

describe('millrace produce', () => {
  it('writes typed records, which tail reads back', async () => {
    const input = `${lines(order('1'), order('2', 2.5))}\n`
    const produced = await project.run(['produce', 'orders', '--key', 'id'], { input })
    expect(produced.code).toBe(0)
    expect(produced.stderr).toMatch(/^✓ 2 records written to orders, schema id \d+\n$/)
    const { code, stdout, stderr } = await project.run(['tail', 'orders', '--from', 'beginning', '--no-follow'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const records = parsed(stdout).sort((a, b) => String(a['key']).localeCompare(String(b['key'])))
    expect(records).toMatchObject([
      { topic: 'orders', key: '1', value: order('1') },
      { topic: 'orders', key: '2', value: order('2', 2.5) },
    ])
  })

  it('takes envelopes from a file', async () => {
    const envelope = { key: 'k', value: order('3'), timestamp: '2026-02-03T04:05:06Z', headers: { origin: 'test' } }
    await project.write('lines.jsonl', lines(envelope))
    const { code, data } = await project.json(['produce', 'orders', '--file', 'lines.jsonl', '--envelope'])
    expect({ code, data }).toEqual({ code: 0, data: { topic: 'orders', records: 1 } })
    const tail = ['tail', 'orders', '--from', 'beginning', '--no-follow', '--filter', 'headers.origin === "test"']
    const { stdout, stderr } = await project.run(tail)
    expect(parsed(stdout)).toMatchObject([
      { key: 'k', value: order('3'), timestamp: '2026-02-03T04:05:06.000Z', headers: { origin: 'test' } },
    ])
    expect(stderr).toMatch(/^1 of \d records match\n$/)
  })

  it('names the line and the field of what is wrong, and writes nothing', async () => {
    const before = (await readAll(services.brokers, 'orders')).length
    const input = `${lines(order('4'))}{"id": \n\n${lines(order('5', 'much'), { ...order('6'), extra: 1 }, { id: '7' })}`
    const { code, stdout, stderr } = await project.run(['produce', 'orders'], { input })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error: line 2: not JSON: /m)
    expect(stderr).toMatch(/^error: line 4, amount: /m)
    expect(stderr).toMatch(/^error: line 5.*extra/m)
    expect(stderr).toMatch(/^error: line 6, customer: /m)
    expect(stderr).toMatch(/nothing was written\n$/)
    expect((await readAll(services.brokers, 'orders')).length).toBe(before)
    const { data } = await project.json(['produce', 'orders'], { input })
    expect(data).toMatchObject({ records: 0 })
    expect(data).toHaveProperty('problems[1].line', 4)
    expect(data).toHaveProperty('problems[1].path', 'amount')
  })

  it('says when the field of the key is not there', async () => {
    const { code, stderr } = await project.run(['produce', 'orders', '--key', 'no'], { input: lines(order('8')) })
    expect(code).toBe(1)
    expect(stderr).toContain('error: line 1, no: no such field to take the key from (--key no)')
  })

  it('writes texts where no subject is', async () => {
    const { code, stderr } = await project.run(['produce', 'texts'], { input: lines('plain', { a: 1 }, null) })
    expect(code).toBe(0)
    expect(stderr).toContain('3 records written to texts as JSON text (no subject texts-value)')
    const { stdout } = await project.run(['tail', 'texts', '--from', 'beginning', '--no-follow'])
    expect(parsed(stdout).map(({ value }) => value)).toEqual(['plain', { a: 1 }, null])
  })

  it('to a topic that does not exist says so, and which was meant', async () => {
    const { code, stderr } = await project.run(['produce', 'odrers'], { input: lines('x') })
    expect(code).toBe(1)
    expect(withoutProgress(stderr)).toBe('error: topic "odrers" does not exist\nhelp: did you mean orders?\n')
  })

  it.each([
    [{ MILLRACE_BROKERS: '127.0.0.1:1' }, /^error: no broker at 127\.0\.0\.1:1: connect ECONNREFUSED/m],
    [
      { MILLRACE_REGISTRY_URL: 'http://127.0.0.1:1' },
      /^error: schema registry http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/m,
    ],
  ])('%j: told, with exit code 1', async (env, message) => {
    const { code, stderr } = await project.run(['produce', 'orders'], { input: lines(order('9')), env })
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe('millrace tail', () => {
  const base = Date.parse('2026-03-01T00:00:00Z')
  beforeAll(async () => {
    await services.broker.createTopic('numbers')
    await produceTo(
      services.brokers,
      'numbers',
      Array.from({ length: 10 }, (_, i) => ({ key: `k${i}`, value: String(i), timestamp: String(base + i * 60_000) })),
    )
  })

  const offsets = async (...args: readonly string[]) => {
    const { code, stdout } = await project.run(['tail', 'numbers', '--no-follow', ...args])
    expect(code).toBe(0)
    return parsed(stdout).map(({ offset }) => offset)
  }

  it.each([
    [
      ['--from', 'beginning'],
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
    [['--from', 'end'], []],
    [[], []],
    [
      ['--from', '-3'],
      [7, 8, 9],
    ],
    [['--from=8'], [8, 9]],
    [['--from', '99'], []],
    [
      ['--from', '2026-03-01T00:07:30Z'],
      [8, 9],
    ],
    [['--from', '2027-01-01'], []],
    [
      ['--from', 'beginning', '--limit', '2'],
      [0, 1],
    ],
    [['--from', 'beginning', '--limit', '0'], []],
    [
      ['--from', 'beginning', '--filter', 'Number(value) % 4 === 3 || key === "k0"'],
      [0, 3, 7],
    ],
  ])('%j', async (args, expected) => {
    expect(await offsets(...args)).toEqual(expected)
  })

  it('refuses a filter that uses an unknown name', async () => {
    const args = ['tail', 'numbers', '--from', 'beginning', '--no-follow', '--filter', 'amount > 100']
    const { code, stderr } = await project.run(args)
    expect(code).toBe(2)
    expect(withoutProgress(stderr)).toBe(
      'error: --filter: amount is not defined\nhelp: names: key, value, headers, timestamp, partition, offset, topic\n',
    )
  })

  it('follows until it is interrupted', async () => {
    await using tail = project.start(['tail', 'numbers', '--from', '-1'])
    await tail.says(/"offset":9/)
    await produceTo(services.brokers, 'numbers', [{ key: 'late', value: 'late' }])
    await tail.says(/"key":"late"/)
    expect(await tail.end('SIGINT')).toMatchObject({ code: 0, stderr: '' })
  })

  it('shows what cannot be decoded with the reason, and goes on', async () => {
    await services.broker.createTopic('mixed')
    const [framed] = await readAll(services.brokers, 'orders')
    const good = Buffer.from(framed?.value ?? [])
    const unknown = Buffer.from(good)
    unknown.writeInt32BE(4711, 1)
    const values = [good, good.subarray(0, 9), unknown, Buffer.from([1, 2, 255]), Buffer.from('text'), null]
    await produceTo(
      services.brokers,
      'mixed',
      values.map((value) => ({ value })),
    )
    const { code, stdout } = await project.run(['tail', 'mixed', '--from', 'beginning', '--no-follow'])
    expect(code).toBe(0)
    const records = parsed(stdout)
    expect(records.map(({ value }) => typeof value === 'object' && value !== null && 'base64' in value)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ])
    expect(records[1]).toHaveProperty('problem', expect.stringMatching(/^value: /))
    expect(records[2]).toHaveProperty('problem', expect.stringContaining('4711'))
    expect(records[4]).toMatchObject({ value: 'text' })
    expect(records[5]).toMatchObject({ value: null })
  })

  it('without a registry shows bytes, and why', async () => {
    await using plain = await projectWithSchemas(services)
    await plain.edit('millrace.config.ts', /registry: .*\n/, '')
    const { stdout } = await plain.run(['tail', 'orders', '--from', 'beginning', '--no-follow', '--limit', '1'], {
      env: { MILLRACE_REGISTRY_URL: '' },
    })
    expect(parsed(stdout)).toMatchObject([{ problem: expect.stringContaining('no registry is configured') as unknown }])
  })

  it('of a topic that does not exist says so', async () => {
    const { code, stderr } = await project.run(['tail', 'nowhere'])
    expect(code).toBe(1)
    expect(withoutProgress(stderr)).toBe(
      'error: topic "nowhere" does not exist\nhelp: create it, or correct its name\n',
    )
  })
})
