import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The description of the API, made from the same schemas that check it. The committed file is equal; a test keeps it so. */
export const openApiDocument = (app: INestApplication): OpenAPIObject =>
  SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Evenkeel')
      .setDescription('Every change is a commit in the book; "applied" is what a node has seen running.')
      .setVersion('1')
      .setOpenAPIVersion('3.1.0')
      .addBearerAuth()
      .addSecurityRequirements('bearer')
      .build(),
  );

/** Serves it: `/api/docs` for people, `/api/docs-json` for programs. Everything comes from this process. */
export const serveDocumentation = (app: INestApplication): void =>
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), { customSiteTitle: 'Evenkeel API' });
