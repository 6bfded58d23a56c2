/** Apache Kafka with TLS, SASL and ACLs: one broker for all of it, since its start takes as long as many a test. */
import { afterAll, beforeAll, describe } from 'vitest'
import { startSecuredKafka, type SecuredKafka } from '../../../scripts/real-kafka/security/secured-kafka.js'
import { realEnvironment } from '../setup/real-environment.js'
import { connectionTests } from './connections.js'
import { permissionTests } from './permissions.js'

let kafka: SecuredKafka

beforeAll(async () => {
  kafka = await startSecuredKafka(realEnvironment().kafkaClasspath)
})
afterAll(() => kafka.stop())

describe('connections', () => {
  connectionTests(() => kafka)
})

describe('permissions', () => {
  permissionTests(() => kafka)
})
