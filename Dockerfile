# One service as an image: docker build --build-arg SERVICE=event-gateway -t tiphys/event-gateway .
# Build the services first: ./mvnw package -DskipTests
FROM eclipse-temurin:25-jre
ARG SERVICE
WORKDIR /opt/tiphys
COPY --chown=0:0 ${SERVICE}/target/quarkus-app/ ./
USER 10001
EXPOSE 8080
ENV QUARKUS_HTTP_HOST=0.0.0.0 QUARKUS_HTTP_PORT=8080
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-jar", "quarkus-run.jar"]
