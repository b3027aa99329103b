"""What the figures stand beside: `route`, a bare web server, and `echo`, the smallest bot of python-telegram-bot.

The echo bot takes updates by webhook as the library's own example for custom web servers does: a queue in
memory, one message after the other.
"""

import asyncio
import os
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


def route() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.post("/in/telegram")
    async def take() -> Response:
        return Response()

    return app


async def _echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message:
        await update.message.reply_text(update.message.text or "")


async def echo(port: int) -> None:
    address, token = os.environ["TELEGRAM_API_URL"], os.environ["TELEGRAM_BOT_TOKEN"]
    bot: Any = ApplicationBuilder().token(token).updater(None).base_url(f"{address}/bot").build()
    bot.add_handler(MessageHandler(filters.TEXT, _echo))
    app = FastAPI(openapi_url=None)

    @app.post("/in/telegram")
    async def take(request: Request) -> Response:
        await bot.update_queue.put(Update.de_json(await request.json(), bot.bot))
        return Response()

    server = uvicorn.Server(_config(app, port))
    await bot.bot.set_webhook(f"{os.environ['PUBLIC_URL']}/in/telegram", allowed_updates=["message"])
    async with bot:
        await bot.start()
        await server.serve()
        await bot.stop()


def _config(app: FastAPI, port: int) -> uvicorn.Config:
    return uvicorn.Config(app, "127.0.0.1", port, log_config=None, access_log=False)


if __name__ == "__main__":
    here = int(os.environ["PORT"])
    if sys.argv[1] == "route":
        uvicorn.Server(_config(route(), here)).run()
    else:
        asyncio.run(echo(here))
