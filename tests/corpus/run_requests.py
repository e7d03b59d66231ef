import streams
import socket
import requests

streams.serial()
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
port = server.getsockname()[1]

def serve(times):
    for i in range(times):
        conn, addr = server.accept()
        request = bytes()
        while request.find("\r\n\r\n") < 0 or request.find("q=1") < 0:
            request = request + conn.recv(512)
        print(chr(request[0]))
        conn.sendall("HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"n\": 1234}")
        conn.close()

thread(serve, 2)
r = requests.get("http://127.0.0.1:" + str(port) + "/path", params={"q": 1})
print(r.status, r.text(), len(r.content))
r = requests.post("http://127.0.0.1:" + str(port) + "/path", data={"q": 1})
print(r.status)
server.close()
try:
    requests.get("http://127.0.0.1:" + str(port) + "/")
except HTTPConnectionError as e:
    print("nobody there")
