/** `millrace doctor`: what is well, what is not, and what to do about it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { versionFinding } from '../../cli/doctor/check-brokers.js'
import { clockFinding } from '../../cli/doctor/check-clock.js'
import { missingOperations, topicOperations } from '../../cli/doctor/authorized-operations.js'
import { projectWithSchemas, type Project } from './support/project.js'
import { embeddedServices } from './support/services.js'

const services = embeddedServices()
let project: Project
beforeAll(async () => {
  project = await projectWithSchemas(services)
  const built = await project.run(['build'])
  expect(built.code).toBe(0)
})
afterAll(() => project[Symbol.asyncDispose]())

describe('millrace doctor', () => {
  it('tells which topics are missing, and how to make them', async () => {
    const { code, stderr } = await project.run(['doctor'])
    expect(code).toBe(1)
    expect(stderr).toContain('error: input topic orders does not exist\nhelp: create it: millrace topics')
    expect(stderr).not.toContain('\u001B[')
  })

  it('finds nothing to do where all is there', async () => {
    const created = await project.run(['topics', '--partitions', '2'])
    expect(created.code).toBe(0)
    const { code, data } = await project.json(['doctor'])
    expect(data).toMatchObject({ ok: true })
    expect(code).toBe(0)
    const text = JSON.stringify(data)
    for (const message of [
      `${services.brokers} answers`,
      'input topic orders has 2 partitions',
      'offers what Kafka 2.5 and later offer',
      'subjects as in the lock',
      'agree about the time',
    ]) {
      expect(text).toContain(message)
    }
  })

  it('says so when neither brokers nor registry answer', async () => {
    const env = { MILLRACE_BROKERS: '127.0.0.1:1', MILLRACE_REGISTRY_URL: 'http://127.0.0.1:1' }
    await project.edit('millrace.config.ts', /registry: \{/, 'registry: { retries: 0,')
    const { code, data } = await project.json(['doctor'], { env })
    expect(code).toBe(1)
    const failure = { status: 'failed' }
    expect(data).toMatchObject({
      ok: false,
      findings: [
        { ...failure, check: 'brokers', message: expect.stringContaining('no broker at 127.0.0.1:1') as string },
        { ...failure, check: 'registry' },
      ],
    })
  })

  it('wants a pipeline that is there', async () => {
    expect((await project.run(['doctor', 'none'])).code).toBe(2)
  })
})

describe('what doctor looks at', () => {
  it('brokers before 2.5 are refused', () => {
    const range = (maxVersion: number) => ({ minVersion: 0, maxVersion })
    const old = new Map([
      [28, range(2)],
      [9, range(6)],
    ])
    expect(versionFinding(1, old)).toMatchObject({
      status: 'failed',
      message: 'broker 1 is older than Kafka 2.5: TxnOffsetCommit ends at version 2, 3 is needed',
    })
    expect(versionFinding(1, new Map([...old, [28, range(3)], [9, range(7)]])).status).toBe('ok')
  })

  it('clocks', () => {
    expect(clockFinding(10_400, 10_000).status).toBe('ok')
    expect(clockFinding(20_500, 10_000)).toMatchObject({
      status: 'warning',
      message: "the clock of this machine is 10.0 s ahead of the registry's",
    })
    expect(clockFinding(10_500, 70_000).status).toBe('failed')
  })

  it('permissions, where brokers tell them', () => {
    const codes = topicOperations
    expect(missingOperations(-2_147_483_648, ['Read'], codes)).toEqual([])
    expect(missingOperations(1 << codes.Read, ['Read', 'Write'], codes)).toEqual(['Write'])
  })
})
