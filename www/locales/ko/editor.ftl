## The editor: bar, palette, canvas, inspector, sharing.

design-name = 설계 이름
design-unnamed = 이름 없는 설계
templates = 템플릿
theme-system = 화면: 시스템 설정
theme-light = 화면: 밝은 모드
theme-dark = 화면: 다크 모드
tools-label = 도구
zoom-label = 확대/축소
inspector-label = 설정
canvas-label = 설계 그림
canvas-role = 그림
canvas-empty = 아직 아무것도 없습니다. 왼쪽에서 끌어다 놓거나 템플릿을 여세요.

## Templates. The part after `template-` is the id in shared::design::presets.

template-seven-steps = 죽지 않는 서버
template-seven-steps-note = 사람이 몰리면 서버가 늘고 밤이 되면 줄어듭니다. 경보와 그룹을 차례로 지켜보세요.
template-with-database = 데이터베이스가 있는 웹 서버
template-with-database-note = 같은 트래픽, 뒤에 데이터베이스가 하나. 웹 서버를 늘리면 나아지는지 보세요.
template-single-server = 서버 한 대(M/M/1)
template-single-server-note = 작업자 하나, 부하 80 %. 이론상 평균 50 ms입니다. p99를 보세요.
template-ten-round-robin = 서버 열 대, 라운드 로빈
template-ten-round-robin-note = 바쁘든 말든 차례대로 보냅니다. p99를 기억해 두세요.
template-ten-least-outstanding = 서버 열 대, 최소 미해결 요청
template-ten-least-outstanding-note = 같은 트래픽을 가장 한가한 서버로 보냅니다. p99를 견주어 보세요.
template-ten-two-choices = 서버 열 대, 무작위 두 대 중 하나
template-ten-two-choices-note = 무작위로 고른 둘 중 덜 바쁜 쪽으로 보냅니다. 거의 그만큼 좋고, 알아야 할 것은 훨씬 적습니다.

## Palette.

palette-label = 팔레트: 클릭하거나 그림으로 끌어 놓기
palette-source = 트래픽
palette-source-note = 트래픽 소스: 요청이 오는 곳
palette-balancer = 밸런서
palette-balancer-note = 로드 밸런서: 요청을 정상 서버로 나눠 보냅니다
palette-group = 그룹
palette-group-note = Auto Scaling 그룹: 늘고 줄어드는 같은 서버들
palette-dependency = 서비스
palette-dependency-note = 의존 서비스: 데이터베이스처럼 크기가 정해진 서버

## Actions.

chapter-tools = 도구
chapter-edit = 편집
chapter-view = 보기
chapter-design = 설계
action-undo = 실행 취소
action-redo = 다시 실행
action-delete = 삭제
action-duplicate = 복제
action-copy = 복사
action-cut = 잘라내기
action-select-all = 전체 선택
action-escape = 취소하거나 선택 해제
action-edit = 설정 편집
action-nudge-left = 왼쪽으로 이동
action-nudge-right = 오른쪽으로 이동
action-nudge-up = 위로 이동
action-nudge-down = 아래로 이동
action-nudge-left-far = 왼쪽으로 크게 이동
action-nudge-right-far = 오른쪽으로 크게 이동
action-nudge-up-far = 위로 크게 이동
action-nudge-down-far = 아래로 크게 이동
action-tool-select = 선택하고 옮기기
action-tool-connect = 연결
action-tool-hand = 화면 옮기기
action-zoom-in = 확대
action-zoom-out = 축소
action-zoom-reset = 100 %로 보기
action-fit-all = 모두 보이게 맞추기
action-fit-selection = 선택 영역에 맞추기
action-share = 공유
action-export-file = 파일로 저장
action-import-file = 파일 열기
action-help = 키보드와 마우스
help-title = 키보드와 마우스
help-pointer = 카드 오른쪽 끝을 끌면 연결됩니다. 스페이스 바나 가운데 버튼을 누른 채 끌면 화면이 움직이고, Ctrl이나 Cmd와 휠로 확대하며, Shift로 더 선택합니다. 끄는 동안 Ctrl이나 Cmd를 누르면 격자를 벗어납니다.
announce-connect = 연결할 곳을 고르세요. Tab으로 카드에 가서 Enter를 누르거나 클릭하세요. Esc는 취소입니다.

## Cards.

card-label = { $kind }: { $name }. { $state }
card-servers = 서버 { $count }대
card-source-design = 최고 { $peak }
card-source-run = 현재 { $rate }
card-balancer-check = { $interval }초마다 상태 확인
card-balancer-run = { $all }대 중 { $healthy }대 정상
card-balancer-fail-open = 정상 서버 없음: 모두에게 보냄
card-group-design = 서버 { $min }~{ $max }대 · { $type }
card-group-run = { $desired }대 중 { $serving }대 서비스 중 · CPU { $cpu }
card-dependency-design = 동시에 { $workers }개 · 요청당 { $mean }
card-dependency-run = { $workers }개 중 { $busy } 사용 · { $queued }개 대기
chip-title = { $id }: { $state }. CPU { $cpu }, 처리 중 { $flight }개(대기 { $queued }개). 클릭하면 죽습니다.
link-label = { $from }에서 { $to }(으)로 가는 연결
server-booting = 부팅 중
server-checking = 상태 확인을 기다리는 중
server-in-service = 서비스 중
server-draining = 등록 취소 중
server-failed = 장애
backend-healthy = 정상
backend-unhealthy = 비정상
alarm-ok = 정상
alarm-alarm = 경보
alarm-insufficient-data = 데이터 부족
alarm-title = 평균 CPU 경보, 현재 { $value }

## Inspector.

panel-design = 설계와 실행
panel-design-hint = 그림에서 하나를 고르면 그 설정이 나옵니다. 아래는 실행 전체의 설정입니다.
panel-empty-hint = 트래픽 소스, 로드 밸런서, 그룹을 놓고 서로 연결하며 시작하세요.
panel-link = 연결
panel-several = 노드 { $nodes }개, 연결 { $links }개
panel-several-hint = 함께 옮기고, 복제하고, 삭제할 수 있습니다.
issues-label = 설계의 문제점
issues-none = 실행할 수 있습니다
issues-count = { $errors ->
    [0] 주의 { $warnings }건
   *[other] 오류 { $errors }건
}
issue-mend = 고치기
list-remove = 제거
list-points = 시간에 따른 요청 수
list-points-add = 점 추가
point-title = 점 { $number }
list-policies = 조정 정책
list-policies-add = 정책 추가
policy-title = CPU { $sign } { $threshold } %, { $periods }회 중 { $points }회
policy-title-other = { $kind } 정책
list-steps = 단계
list-steps-add = 단계 추가
step-title = 단계 { $number }
bound-open = 제한 없음
section-health-check = 상태 확인
section-capacity = 용량
section-server = 서버
section-service = 요청 처리 시간
section-boot = 부팅 시간
section-timing = 시간 설정

field-name = 이름
field-duration = 실행 길이
field-starts-at = 시작 시각
field-warmup = 통계에서 뺄 앞부분
field-seed = 시드
field-region = 요금 기준
field-latency = 편도 지연
field-traffic = 트래픽
field-rate = 초당 요청
field-at = 시점
field-arrivals = 도착 방식
field-policy = 분산 정책
field-choices = 뽑는 서버 수
field-interval = 간격
field-timeout = 제한 시간
field-healthy-threshold = 정상 임곗값
field-unhealthy-threshold = 비정상 임곗값
field-deregistration-delay = 등록 취소 지연
field-min-size = 최소 용량
field-desired-capacity = 처음 원하는 용량
field-max-size = 최대 용량
field-instance-type = 인스턴스 유형
field-cores = 코어
field-queue-max = 대기열 한도
field-instance-warmup = 인스턴스 워밍업
field-grace-period = 상태 확인 유예 기간
field-workers = 동시 처리 수
field-law = 분포
field-value = 값
field-mean = 평균
field-min = 최솟값
field-max = 최댓값
field-cv = 변동 계수(cv)
field-comparison = 경보 조건: CPU가
field-threshold = 임곗값
field-period = 기간
field-evaluation-periods = 평가 기간
field-datapoints-to-alarm = 경보에 필요한 횟수
field-treat-missing-data = 누락된 데이터
field-adjustment-type = 조정 방식
field-min-adjustment = 최소 조정 크기
field-lower = 하한
field-upper = 상한
field-adjustment = 조정
field-not-a-number = 숫자가 아닙니다. 12나 0.5처럼 입력하세요.
field-not-whole = { $min }~{ $max } 사이의 정수를 입력하세요.
field-out-of-range = { $min }~{ $max } 사이로 맞추세요.

unit-seconds = 초
unit-milliseconds = ms
unit-requests-per-second = 요청/초
unit-percent = %
unit-percentage-points = %p
unit-servers = 대
unit-requests = 개
unit-checks = 회
unit-periods = 회

traffic-constant = 일정하게
traffic-ramps = 서서히 변하게
traffic-steps = 계단식으로
arrivals-poisson = 무작위(푸아송)
arrivals-constant = 일정 간격
law-constant = 항상 같음
law-uniform = 균등 분포
law-exponential = 지수 분포
law-lognormal = 로그 정규 분포
policy-round-robin = 라운드 로빈
policy-least-outstanding-requests = 최소 미해결 요청
policy-power-of-choices = 무작위 몇 대 중 최소
policy-smooth-weighted-round-robin = 부드러운 가중 라운드 로빈
policy-least-request = 최소 요청
policy-least-connections = 최소 연결
policy-random = 무작위
policy-random-two = 무작위 두 대 중 최소
policy-automatic-target-weights = 자동 대상 가중치
policy-peak-ewma = 피크 EWMA
policy-least-response-time = 최소 응답 시간
policy-join-idle-queue = 유휴 대기열 참여
policy-ip-hash = IP 해시
policy-ring-hash = 링 해시
policy-ketama = 케타마
policy-maglev = 마글레브
policy-bounded-load = 부하 제한 해시
policy-prequal = 프리퀄
comparison-greater = 임곗값 초과
comparison-greater-or-equal = 임곗값 이상
comparison-less = 임곗값 미만
comparison-less-or-equal = 임곗값 이하
missing-data-missing = 데이터 부족으로 봄
missing-data-ignore = 상태 유지
missing-data-breaching = 위반으로 봄
missing-data-not-breaching = 정상으로 봄
adjustment-change = 대수를 더하거나 빼기
adjustment-percent = 비율로 더하거나 빼기
adjustment-exact = 대수를 지정
region-us-east-1 = 버지니아 북부(us-east-1)
region-ap-northeast-2 = 서울(ap-northeast-2)

policy-error-range = { $value }은(는) 범위를 벗어났습니다. { $min }~{ $max } 사이로 맞추세요.
policy-error-period = CloudWatch에는 { $value }초 기간이 없습니다. 10, 30 또는 86,400 이하의 60의 배수를 쓰세요.
policy-error-count = 단계가 { $count }개입니다. 1~20개로 하세요.
policy-error-bounds = 단계 { $step }의 하한은 상한보다 작아야 하고, 비울 수 있는 것은 한쪽뿐입니다.
policy-error-gap = 한 단계는 { $upper }에서 끝나고 다음은 { $lower }에서 시작합니다. 두 값을 같게 하세요.
policy-error-open-above = 위쪽이 열린 단계가 없습니다. 가장 높은 단계의 상한을 비우세요.
policy-error-open-below = 아래쪽이 열린 단계가 없습니다. 가장 낮은 단계의 하한을 비우세요.
policy-error-other = { $error }.

## Notices.

notice-copied = 노드 { $count }개를 복사했습니다.
notice-copy-failed = 브라우저가 복사를 허용하지 않습니다.
notice-link-copied = 링크를 복사했습니다. { $chars }자라서 어떤 채팅에도 들어갑니다.
notice-link-copied-long = 링크를 복사했습니다. { $chars }자입니다. 2,000자가 넘으면 채팅에서 잘릴 수 있으니 파일로 보내세요.
notice-link-not-copied = 브라우저가 복사를 허용하지 않습니다. 링크는 주소창에 있습니다.
notice-opened-link = 링크에서 “{ $name }” 설계를 열었습니다.
notice-opened-file = 파일에서 “{ $name }” 설계를 열었습니다.
notice-opened-template = “{ $name }” 템플릿을 열었습니다.
notice-brought-back = “{ $name }” 설계를 되찾았습니다.
offer-bring-back = 이전 설계 되찾기
notice-broken-file = 열 수 있는 설계가 아닙니다. { $error }
notice-broken-paste = 붙여 넣은 것은 설계의 일부가 아닙니다. { $error }
notice-unreadable-file = 파일을 텍스트로 읽을 수 없습니다.
notice-download-failed = 브라우저가 다운로드를 거부했습니다.
notice-storage-denied = 이 브라우저는 이 페이지의 내용을 저장하지 않습니다(시크릿 창일 수 있습니다). 떠나기 전에 파일로 저장하거나 링크를 공유하세요.
notice-storage-full = 이 페이지의 브라우저 저장 공간이 가득 차서 변경 내용이 저장되지 않습니다. 파일로 저장하세요.

edit-error-gone = 이미 없어졌습니다.
edit-error-exists = 이미 있습니다.
edit-error-not-allowed = { $from }에서 { $to }(으)로는 요청을 보낼 수 없습니다.
edit-error-already-linked = 두 노드는 이미 연결되어 있습니다.
edit-error-circle = 이렇게 연결하면 고리가 생겨 요청이 끝나지 않습니다.

link-error-empty = 링크에 설계가 없습니다.
link-error-no-version = 설계 링크가 아닙니다. “v{ $known }.”로 시작해야 합니다. 지금 설계는 그대로입니다.
link-error-unknown-version = 이 링크는 버전 { $version }인데 이 페이지는 버전 { $known }까지만 읽습니다. 페이지를 새로 고쳐 최신판을 받으세요. 지금 설계는 그대로입니다.
link-error-too-long = 링크가 { $chars }자로, 한도인 { $max }자를 넘습니다. 파일로 받으세요. 지금 설계는 그대로입니다.
link-error-bad-character = 링크의 { $at }번째 글자 “{ $character }”은(는) 링크에 쓰이지 않습니다. 링크를 다시 복사하세요. 지금 설계는 그대로입니다.
link-error-truncated = 링크가 중간에 잘렸거나 바뀌었습니다({ $chars }자만 왔습니다). 전체를 다시 복사하세요. 지금 설계는 그대로입니다.
link-error-too-large = 링크를 풀면 { $mib } MiB가 넘습니다. 그런 설계는 없습니다. 지금 설계는 그대로입니다.
link-error-malformed = 설계 링크가 아닙니다({ $message }). 지금 설계는 그대로입니다.
link-error-document = 올바른 설계 링크가 아닙니다. { $error } 지금 설계는 그대로입니다.

document-error-json = { $path } 위치: { $message }.
document-error-not-a-design = 형식이 “gomujul”이 아니라 “{ $format }”입니다.
document-error-newer-version = 버전 { $version }은(는) 이 페이지가 읽는 버전({ $known })보다 새롭습니다. 페이지를 새로 고치세요.
document-error-duplicate-node = id가 { $id }인 노드가 둘입니다. 하나를 바꾸세요.
document-error-duplicate-link = id가 { $id }인 연결이 둘입니다. 하나를 바꾸세요.
document-error-dangling-link = 연결 { $link }이(가) 없는 노드 { $node }을(를) 가리킵니다. 노드를 추가하거나 연결을 지우세요.
document-error-too-many-nodes = 노드가 { $count }개로, 한도인 { $max }개를 넘습니다.
document-error-too-many-links = 연결이 { $count }개로, 한도인 { $max }개를 넘습니다.
document-error-name-too-long = 이름이 { $chars }자입니다. { $max }자 이하로 줄이세요.

crash-title = 페이지에 문제가 생겼습니다
crash-text = 설계는 안전합니다. 내려받은 다음 페이지를 새로 고치면 브라우저에 저장된 설계로 다시 열립니다. 아래 내용은 원인을 찾는 데 도움이 됩니다.
crash-download = 내 설계 내려받기
crash-reload = 새로 고침
