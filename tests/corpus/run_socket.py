import streams
import socket

streams.serial()
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
port = server.getsockname()[1]

def serve():
    conn, addr = server.accept()
    got = conn.recv(64)
    conn.sendall("got " + str(len(got)) + "\n")
    conn.close()

thread(serve)
s = socket.socket()
s.connect(("127.0.0.1", port))
s.sendall("hello")
stream = streams.SocketStream(s)
line = stream.readline()
print(len(line), chr(line[4]))
s.close()
