# One image for every role; which ones a container plays is its setting (docker-compose.yml).
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# Transpiled, one file to one file; tests and benchmarks stay behind.
RUN node server/boot/build.mjs && rm -rf dist/test dist/bench && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Keys and files of its own; a volume mounted here takes over the owner.
RUN install -d -o node -g node -m 0700 /var/lib/tidings
USER node
VOLUME /var/lib/tidings
EXPOSE 8080 8081
ENTRYPOINT ["node", "--enable-source-maps", "dist/server/cli/main.js"]
CMD ["start"]
