import { defineConfig } from 'millrace/config'

export default defineConfig({
  pipelines: ['pipelines/flights.ts'],
  generated: '../../generated/flights',
  registry: { url: process.env['MILLRACE_REGISTRY_URL'] ?? 'http://127.0.0.1:8081' },
  kafka: { brokers: (process.env['MILLRACE_KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',') },
})
