"""FastAPI and motor as in the old server.

Every WebSocket opens a client and a change stream of its own.

uvicorn runs with uvloop and httptools, one worker, without an access log and without compression.
"""

import asyncio
import os
import socket

import motor.motor_asyncio
import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect

URI = os.environ["BENCH_DATABASE"]
app = FastAPI()
publisher = motor.motor_asyncio.AsyncIOMotorClient(URI)


@app.post("/publish")
async def publish(request: Request, topic: str):
    text = (await request.body()).decode()
    await publisher.bench.briefings.insert_one({"topic": topic, "text": text})
    return {}


@app.websocket("/ws")
async def ws(websocket: WebSocket, topic: str):
    await websocket.accept()
    client = motor.motor_asyncio.AsyncIOMotorClient(URI)
    match = [{"$match": {"operationType": "insert", "fullDocument.topic": topic}}]
    try:
        async with client.bench.briefings.watch(match) as stream:
            async for change in stream:
                await websocket.send_text(change["fullDocument"]["text"])
    except (WebSocketDisconnect, asyncio.CancelledError, RuntimeError):
        pass  # the client has left
    finally:
        client.close()


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, ws_per_message_deflate=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])
