import { defineConfig } from 'millrace/config'

export default defineConfig({
  pipelines: ['pipelines/processed.ts'],
  generated: '../../generated/processed',
  kafka: { brokers: ['127.0.0.1:9092'] },
})
