import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { RequestHandler } from 'express';
import { describedInSwagger } from './descriptions.ts';

/** The description of the API, made from the same schemas that check it. The committed file is equal; a test keeps it so. */
export const openApiDocument = async (app: INestApplication): Promise<OpenAPIObject> => {
  const { DocumentBuilder, SwaggerModule } = await describedInSwagger();
  return SwaggerModule.createDocument(
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
};

/**
 * Serves it: `/api/docs` for people, `/api/docs-json` for programs. Everything comes from this process. Made when somebody
 * asks for it first, in an application of its own, because ours takes no more routes once it runs.
 */
export const serveDocumentation = (app: INestApplication): void => {
  let made: Promise<RequestHandler> | undefined;
  const serve: RequestHandler = (request, response, next) => {
    if (!/^\/api\/docs(?=[/-]|$)/.test(request.path)) return next();
    made ??= documentationOf(app);
    made.then((documentation) => documentation(request, response, next), next);
  };
  app.use(serve);
};

@Module({})
class Documentation {}

const documentationOf = async (app: INestApplication): Promise<RequestHandler> => {
  const document = await openApiDocument(app);
  const { SwaggerModule } = await describedInSwagger();
  const side = await NestFactory.create<NestExpressApplication>(Documentation, { logger: ['error', 'warn'] });
  side.disable('x-powered-by');
  SwaggerModule.setup('api/docs', side, document, { customSiteTitle: 'Evenkeel API' });
  return side.getHttpAdapter().getInstance() as RequestHandler;
};
