import { defineConfig } from 'millrace/config'

export default defineConfig({
  pipelines: ['profiles', 'recommendations', 'attribution', 'abandoned-carts'].map((name) => `pipelines/${name}.ts`),
  generated: '../../generated/shop',
  kafka: { brokers: ['127.0.0.1:9092'] },
})
