import { defineConfig } from 'millrace/config'

export default defineConfig({
  pipelines: ['pipelines/processed.ts'],
  generated: '../../generated/processed',
  kafka: { brokers: (process.env['MILLRACE_KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',') },
})
